import type { Pool, PoolClient } from 'pg';
import type { Order, OrderStore } from './store.ts';

/** The tables this adapter needs. */
export const schema = `
  CREATE TABLE stock (sku text PRIMARY KEY, quantity int NOT NULL CHECK (quantity >= 0));
  CREATE TABLE orders (id uuid PRIMARY KEY, sku text NOT NULL, quantity int NOT NULL, total bigint NOT NULL);
`;

/** Runs `work` in a transaction on one connection; `undo` rolls it back without an error. */
async function transaction<T>(pool: Pool, work: (client: PoolClient, undo: () => void) => Promise<T>) {
  const client = await pool.connect();
  let end = 'COMMIT';
  try {
    await client.query('BEGIN');
    const result = await work(client, () => (end = 'ROLLBACK'));
    await client.query(end);
    client.release();
    return result;
  } catch (error) {
    client.release(true); // closes the connection, which rolls back; it may be what broke
    throw error;
  }
}

/** Orders in PostgreSQL. */
export function postgresStore(pool: Pool): OrderStore {
  return {
    // #region place
    place: ({ id, sku, quantity, total }) =>
      transaction(pool, async (client, undo) => {
        const kept = await client.query(
          'INSERT INTO orders VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING',
          [id, sku, quantity, total],
        );
        if (kept.rowCount === 0) return 'duplicate';
        const taken = await client.query(
          'UPDATE stock SET quantity = quantity - $2 WHERE sku = $1 AND quantity >= $2',
          [sku, quantity],
        );
        if (taken.rowCount === 1) return 'placed';
        undo();
        return 'out-of-stock';
      }),
    // #endregion place
    async cancel(id) {
      await pool.query(
        `WITH gone AS (DELETE FROM orders WHERE id = $1 RETURNING sku, quantity)
         UPDATE stock SET quantity = stock.quantity + gone.quantity FROM gone WHERE stock.sku = gone.sku`,
        [id],
      );
    },
    async find(id) {
      const { rows } = await pool.query<Omit<Order, 'total'> & { total: string }>(
        'SELECT id, sku, quantity, total FROM orders WHERE id = $1',
        [id],
      );
      return rows[0] && { ...rows[0], total: Number(rows[0].total) }; // pg hands out bigint as text
    },
  };
}
