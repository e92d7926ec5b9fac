import { lab } from '#labs/index.ts';

/** Seams that somebody has proposed: the tables that would leave. */
const proposals: Record<string, readonly string[]> = {
  reviews: ['review'],
  invoicing: ['invoice', 'invoice_line'],
  payments: ['payment'],
  stock: ['stock'],
};

/** The shop's business transactions and how often each runs, invented; one statement for each table that it writes, and each also writes `audit`. */
const writes: readonly (readonly [times: number, ...statements: string[]])[] = [
  [
    300,
    `INSERT INTO orders (customer) VALUES (1)`,
    `INSERT INTO order_line (orders) VALUES (1)`,
    `UPDATE stock SET n = n - 1 WHERE id = 1`,
  ],
  [280, `INSERT INTO payment (orders) VALUES (1)`],
  [20, `INSERT INTO payment (orders) VALUES (1)`, `UPDATE orders SET state = 'refunded' WHERE id = 1`],
  [50, `UPDATE stock SET n = n + 10 WHERE id = 1`],
  [200, `INSERT INTO review (product) VALUES (1)`],
  [
    147,
    `INSERT INTO invoice (orders) VALUES (1)`,
    `INSERT INTO invoice_line (invoice) SELECT max(id) FROM invoice`,
  ],
  [
    3,
    `INSERT INTO invoice (orders) VALUES (1)`,
    `INSERT INTO invoice_line (invoice) SELECT max(id) FROM invoice`,
    `UPDATE orders SET state = 'invoiced' WHERE id = 1`,
  ],
];

export default lab({
  title: 'The write-ahead log shows which tables commit together',
  claim:
    'Logical decoding tells for each proposed seam how many of its transactions would become distributed; the catalogue tells how many foreign keys it cuts.',
  engines: ['postgres'],
  async run({ postgres, fact, holds }) {
    const server = await postgres.instance({ wal_level: 'logical' });
    const db = await server.database();
    await db.query(`
      CREATE TABLE customer (id int PRIMARY KEY);
      CREATE TABLE product (id int PRIMARY KEY);
      CREATE TABLE stock (id int PRIMARY KEY REFERENCES product, n int NOT NULL);
      CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int REFERENCES customer, state text);
      CREATE TABLE order_line (orders int REFERENCES orders, product int REFERENCES stock DEFAULT 1);
      CREATE TABLE payment (orders int REFERENCES orders);
      CREATE TABLE review (product int REFERENCES product, customer int REFERENCES customer);
      CREATE TABLE invoice (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, orders int REFERENCES orders, customer int REFERENCES customer);
      CREATE TABLE invoice_line (invoice int REFERENCES invoice);
      CREATE TABLE audit (what text);
      INSERT INTO customer VALUES (1);
      INSERT INTO product VALUES (1);
      INSERT INTO stock VALUES (1, 1000)`);

    await db.query(`SELECT pg_create_logical_replication_slot('seams', 'test_decoding')`);
    for (const [times, ...statements] of writes) {
      const all = [...statements, `INSERT INTO audit VALUES ('who and when')`];
      const transaction = `BEGIN; ${all.join('; ')}; COMMIT;`;
      await db.query(transaction.repeat(times));
    }

    // #region seams
    const crossings = `
      WITH written AS (
        SELECT xid::text AS transaction, split_part(split_part(data, ':', 1), '.', 2) AS name
        FROM pg_logical_slot_peek_changes('seams', NULL, NULL)
        WHERE data LIKE 'table public.%'
      ), each AS (
        SELECT bool_or(name = ANY ($1)) AS inside, bool_or(name <> ALL ($1)) AS outside
        FROM written WHERE name <> ALL ($2) -- tables of which each side would have its own
        GROUP BY transaction
      )
      SELECT count(*) FILTER (WHERE inside)::int AS touched,
             count(*) FILTER (WHERE inside AND outside)::int AS crossing
      FROM each`;
    const keys = `
      SELECT count(*)::int FROM pg_constraint
      WHERE contype = 'f'
        AND (conrelid::regclass::text = ANY ($1)) <> (confrelid::regclass::text = ANY ($1))`;
    // #endregion seams
    const rows: [string, number, number, number][] = [];
    for (const [name, tables] of Object.entries(proposals)) {
      const [row] = await db.query<{ touched: number; crossing: number }>(crossings, [tables, ['audit']]);
      const { touched, crossing } = row ?? { touched: 0, crossing: 0 };
      const share = `${Math.round((100 * crossing) / touched)} %`;
      rows.push([name, touched, crossing, await db.value<number>(keys, [tables])]);
      fact(`${name}: transactions that would cross`, share);
    }
    fact('what each seam would cut', {
      columns: ['seam', 'writes', 'cross', 'keys'],
      rows,
    });
    const [naive] = await db.query<{ touched: number; crossing: number }>(crossings, [
      proposals.invoicing,
      [],
    ]);
    fact(
      'invoicing: transactions that would cross if the audit table counted',
      `${Math.round((100 * (naive?.crossing ?? 0)) / (naive?.touched ?? 1))} %`,
    );
    const [, , payments] = rows;
    fact('refunds among the payments that cross', payments?.[2] ?? 0);
    const total = writes.reduce((sum, [times]) => sum + times, 0);
    fact('transactions read from the log', total);
    const decoded = await db.value<number>(
      `SELECT count(DISTINCT xid::text) FROM pg_logical_slot_peek_changes('seams', NULL, NULL)
       WHERE data LIKE 'table public.%'`,
    );
    holds('The log holds each of them once', decoded === total);
  },
});
