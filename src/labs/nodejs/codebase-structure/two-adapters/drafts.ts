/** First drafts of both adapters. They compile against the port and look right. */
import type { Pool } from 'pg';
import pg from 'pg';
import type { Order, OrderStore } from '../shop/src/orders/index.ts';

/** In memory. */
export function memoryDraft(stock: Map<string, number>): OrderStore {
  const orders = new Map<string, Order>();
  // #region memory
  const place: OrderStore['place'] = (order) => {
    const left = stock.get(order.sku) ?? 0;
    if (left < order.quantity) return Promise.resolve('out-of-stock');
    if (orders.has(order.id)) return Promise.resolve('duplicate');
    stock.set(order.sku, left - order.quantity);
    orders.set(order.id, order);
    return Promise.resolve('placed');
  };
  // #endregion memory
  return {
    place,
    cancel(id) {
      const order = orders.get(id);
      if (order) stock.set(order.sku, (stock.get(order.sku) ?? 0) + order.quantity);
      orders.delete(id);
      return Promise.resolve();
    },
    find: (id) => Promise.resolve(orders.get(id)),
  };
}

/** In PostgreSQL. */
export function postgresDraft(pool: Pool): OrderStore {
  // #region postgres
  const place: OrderStore['place'] = async ({ id, sku, quantity, total }) => {
    const shelf = await pool.query<{ quantity: number }>('SELECT quantity FROM stock WHERE sku = $1', [sku]);
    if ((shelf.rows[0]?.quantity ?? 0) < quantity) return 'out-of-stock';
    await pool.query('UPDATE stock SET quantity = quantity - $2 WHERE sku = $1', [sku, quantity]);
    try {
      await pool.query('INSERT INTO orders VALUES ($1, $2, $3, $4)', [id, sku, quantity, total]);
      return 'placed';
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === '23505') return 'duplicate';
      throw error;
    }
  };
  // #endregion postgres
  return {
    place,
    async cancel(id) {
      await pool.query(
        'UPDATE stock SET quantity = stock.quantity + o.quantity FROM orders o WHERE o.id = $1 AND stock.sku = o.sku',
        [id],
      );
      await pool.query('DELETE FROM orders WHERE id = $1', [id]);
    },
    async find(id) {
      const { rows } = await pool.query<Order>('SELECT id, sku, quantity, total FROM orders WHERE id = $1', [
        id,
      ]);
      return rows[0];
    },
  };
}
