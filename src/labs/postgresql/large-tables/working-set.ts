import { lab } from '#labs/index.ts';

/** What one EXPLAIN (ANALYZE, WAL, FORMAT JSON) says about the write-ahead log. */
interface Explained {
  readonly Plan: { readonly 'WAL FPI': number; readonly 'WAL Bytes': number };
}

export default lab({
  title: 'Random keys in one big index, and in this month’s',
  claim:
    'The same 5,000 inserts with random keys change many times fewer pages, and log many times fewer bytes, when the index they go into covers one month of twelve.',
  engines: ['postgres'],
  async run({ postgres, fact, measure, holds }) {
    // Full page writes as in production: the first change to a page after a checkpoint logs the whole page.
    const server = await postgres.instance({ full_page_writes: true, max_wal_size: '4GB' });
    const db = await server.database();

    // #region tables
    const row = `SELECT md5(g::text)::uuid, timestamptz '2026-01-01' + g * interval '77 s'`;
    await db.query(`
      CREATE TABLE whole (token uuid NOT NULL, created_at timestamptz NOT NULL);
      CREATE TABLE monthly (LIKE whole) PARTITION BY RANGE (created_at);
      ${Array.from(
        { length: 12 },
        (_, m) => `
      CREATE TABLE monthly_${m + 1} PARTITION OF monthly
        FOR VALUES FROM (timestamptz '2026-01-01' + interval '${m} month')
                     TO (timestamptz '2026-01-01' + interval '${m + 1} month');`,
      ).join('')}
      INSERT INTO whole ${row} FROM generate_series(1, 400000) g;
      INSERT INTO monthly SELECT * FROM whole;
      CREATE INDEX whole_token ON whole (token);
      CREATE INDEX monthly_token ON monthly (token);
    `);
    // #endregion tables

    // #region insert
    /** Pages logged whole, and bytes logged, by 5,000 more rows of the current month. */
    const insertInto = async (table: string): Promise<{ pages: number; megabytes: number }> => {
      await db.query('CHECKPOINT');
      const [explained] = await db.value<readonly Explained[]>(`
        EXPLAIN (ANALYZE, WAL, FORMAT JSON)
        INSERT INTO ${table} ${row} FROM generate_series(400001, 405000) g`);
      if (!explained) throw new Error('EXPLAIN gave no plan.');
      return { pages: explained.Plan['WAL FPI'], megabytes: explained.Plan['WAL Bytes'] / 1e6 };
    };
    const [whole, monthly] = [await insertInto('whole'), await insertInto('monthly')];
    // #endregion insert

    fact('Rows in each table', await db.value<number>('SELECT count(*) FROM monthly'));
    measure('Pages logged whole, index over all months', whole.pages, 'pages');
    measure('Pages logged whole, index of this month', monthly.pages, 'pages');
    measure('Log, index over all months', whole.megabytes, 'MB');
    measure('Log, index of this month', monthly.megabytes, 'MB');
    measure('Log, ratio', whole.megabytes / monthly.megabytes, '×');
    holds('the index over all months logs four times as many whole pages', whole.pages > 4 * monthly.pages);
    holds('and three times as many bytes', whole.megabytes > 3 * monthly.megabytes);
  },
});
