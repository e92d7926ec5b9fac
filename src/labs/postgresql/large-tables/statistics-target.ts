import { lab } from '#labs/index.ts';

export default lab({
  title: 'Thirty thousand rows speak for all of them',
  claim:
    'ANALYZE samples 300 rows for each unit of the statistics target, whatever the size of the table; a skewed column is misjudged tenfold until its target rises or its number of distinct values is declared.',
  engines: ['postgres'],
  async run({ postgres, fact, measure, holds }) {
    const db = await postgres();

    // #region orders
    // 900 regular customers with 500 orders each, and 50,000 guests with one order each.
    await db.query(`
      CREATE TABLE orders (id int, customer int NOT NULL);
      INSERT INTO orders
        SELECT g, CASE WHEN g % 10 = 0 THEN 1000 + g / 10 ELSE g % 1000 END FROM generate_series(1, 500000) g;
    `);
    // #endregion orders
    const distinct = await db.value<number>('SELECT count(DISTINCT customer) FROM orders');
    const ofGuest = await db.value<number>('SELECT count(*) FROM orders WHERE customer = 1001');
    fact('Rows in the table', await db.value<number>('SELECT count(*) FROM orders'));
    fact('Customers', distinct);
    fact('Orders of a guest', ofGuest);
    fact(
      'Rows that ANALYZE samples by default, computed',
      300 * Number(await db.value('SHOW default_statistics_target')),
    );

    // #region estimates
    /** How many rows the planner expects. */
    const expects = async (sql: string): Promise<number> => {
      const [explained] = await db.value<readonly { Plan: { 'Plan Rows': number } }[]>(
        `EXPLAIN (FORMAT JSON) ${sql}`,
      );
      return explained?.Plan['Plan Rows'] ?? NaN;
    };
    const after = async (change: string): Promise<{ customers: number; guest: number }> => {
      await db.query(`ALTER TABLE orders ALTER COLUMN customer ${change}; ANALYZE orders`);
      return {
        customers: await expects('SELECT DISTINCT customer FROM orders'),
        guest: await expects('SELECT * FROM orders WHERE customer = 1001'),
      };
    };
    const standard = await after('SET STATISTICS DEFAULT');
    const raised = await after('SET STATISTICS 1000');
    const declared = await after('SET (n_distinct = -0.1018)'); // minus: a fraction of the rows
    // #endregion estimates

    measure('Customers expected, default target', standard.customers, 'customers');
    measure('Customers expected, target 1000', raised.customers, 'customers');
    measure('Customers expected, n_distinct declared', declared.customers, 'customers');
    measure('Orders of a guest expected, default target', standard.guest, 'orders');
    measure('Orders of a guest expected, target 1000', raised.guest, 'orders');
    holds('the default expects less than a fifth of the customers', standard.customers * 5 < distinct);
    holds('a target of 1000 expects more than a third', raised.customers * 3 > distinct);
    holds(
      'the declared number is right within a tenth',
      Math.abs(declared.customers - distinct) < distinct / 10,
    );
    holds('the default expects more than 20 times a guest’s orders', standard.guest > 20 * ofGuest);
  },
});
