import type { Database } from '#labs/index.ts';

/** Executes one statement and returns its rows; the harness counts statements and pages. */
export type Query = (sql: string, params?: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;

/** An endpoint as the service runs it, for customer 7, in a shop with so many orders. Returns what the caller gets. */
export type Endpoint = (query: Query, orders: number) => Promise<readonly unknown[]>;

/** Ten orders a customer; every tenth order is open. A shop with `customers` customers. */
export async function openShop(db: Database, customers: number): Promise<void> {
  await db.query(`
    CREATE TABLE customer (id int PRIMARY KEY, email text NOT NULL);
    CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL, status text NOT NULL, note text NOT NULL);
    CREATE TABLE line (order_id int NOT NULL, no int NOT NULL, sku text NOT NULL, PRIMARY KEY (order_id, no));
    INSERT INTO customer SELECT g, 'c' || g || '@example.com' FROM generate_series(1, ${customers}) g;
    INSERT INTO orders SELECT g, g % ${customers} + 1, CASE WHEN g % 10 = 0 THEN 'open' ELSE 'done' END,
      repeat('x', 60) FROM generate_series(1, ${customers * 10}) g;
    INSERT INTO line SELECT o, n, 'sku-' || (o + n) % 500 FROM generate_series(1, ${customers * 10}) o, generate_series(1, 2) n;
    CREATE INDEX customer_email ON customer (email);
    CREATE INDEX orders_customer ON orders (customer, id DESC)`);
  await db.query('VACUUM ANALYZE');
}

// #region endpoints
export const endpoints = {
  login: (query) => query('SELECT id FROM customer WHERE email = $1', ['c7@example.com']),
  history: async (query) => {
    const rows = await query('SELECT id FROM orders WHERE customer = $1 ORDER BY id DESC LIMIT 10', [7]);
    const ids = rows.map(({ id }) => id);
    return query('SELECT order_id, sku FROM line WHERE order_id = ANY ($1) ORDER BY order_id, no', [ids]);
  },
  // an export on its way: the page after the middle
  export: (query, orders) => query('SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT 20', [orders / 2]),
} satisfies Record<string, Endpoint>;
// #endregion endpoints

/** What someone in a hurry might do: replace an endpoint, or change the schema. The answers stay the same. */
export interface Change {
  readonly name: string;
  readonly endpoint: keyof typeof endpoints;
  readonly ddl?: string;
  readonly code?: Endpoint;
}

// #region changes
export const changes: readonly Change[] = [
  { name: 'index dropped', endpoint: 'history', ddl: 'DROP INDEX orders_customer' },
  {
    name: 'lower() around the column',
    endpoint: 'login',
    code: (query) => query('SELECT id FROM customer WHERE lower(email) = $1', ['c7@example.com']),
  },
  {
    name: 'OFFSET instead of a key',
    endpoint: 'export',
    code: (query, orders) => query('SELECT id FROM orders ORDER BY id LIMIT 20 OFFSET $1', [orders / 2]),
  },
  {
    name: 'cast around the column',
    endpoint: 'export',
    code: (query, orders) =>
      query('SELECT id FROM orders WHERE id::bigint > $1 ORDER BY id LIMIT 20', [orders / 2]),
  },
  {
    name: 'a query for each row',
    endpoint: 'history',
    code: async (query) => {
      const rows = await query('SELECT id FROM orders WHERE customer = $1 ORDER BY id DESC LIMIT 10', [7]);
      const lines = [];
      for (const { id } of rows.toReversed()) {
        lines.push(...(await query('SELECT order_id, sku FROM line WHERE order_id = $1 ORDER BY no', [id])));
      }
      return lines;
    },
  },
];
// #endregion changes
