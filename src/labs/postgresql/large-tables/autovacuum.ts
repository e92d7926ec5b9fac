import { lab } from '#labs/index.ts';

export default lab({
  title: 'Autovacuum, by default and tuned for one table',
  claim:
    'By default a fifth of a table must die before autovacuum starts, so a large table bloats first; a fixed threshold on that table keeps it near its size. A partitioned table itself is never analyzed for you.',
  engines: ['postgres'],
  async run({ postgres, fact, measure, holds, until }) {
    const server = await postgres.instance({ autovacuum: true, autovacuum_naptime: '1s' });
    const db = await server.database();
    const tables = ['standard', 'tuned'] as const;

    // #region threshold
    const setting = (name: string): Promise<number> =>
      db.value<string>(`SHOW autovacuum_vacuum_${name}`).then(Number);
    const [base, scale, cap] = [
      await setting('threshold'),
      await setting('scale_factor'),
      await setting('max_threshold'),
    ];
    fact('Dead rows that start autovacuum by default, computed', {
      columns: ['rows in the table', 'before 18', 'PostgreSQL 18, capped'],
      rows: [1e6, 1e8, 1e9].map((rows) => [rows, base + scale * rows, Math.min(base + scale * rows, cap)]),
    });
    // #endregion threshold

    // #region throttle
    const cost = (name: string): Promise<number> =>
      db.value<string>(`SELECT setting FROM pg_settings WHERE name = $1`, [name]).then(Number);
    const credits = ((await cost('vacuum_cost_limit')) / (await cost('autovacuum_vacuum_cost_delay'))) * 1000; // a second
    fact(
      'Pages a second that autovacuum may read, computed',
      credits / (await cost('vacuum_cost_page_miss')),
    );
    fact(
      'Pages a second that autovacuum may dirty, computed',
      credits / (await cost('vacuum_cost_page_dirty')),
    );
    // #endregion throttle

    // #region tables
    for (const table of tables) {
      await db.query(`
        CREATE TABLE ${table} (id int PRIMARY KEY, n int NOT NULL);
        INSERT INTO ${table} SELECT g, 0 FROM generate_series(1, 100000) g;
        SELECT pg_stat_force_next_flush()`);
      await db.query(`VACUUM ANALYZE ${table}`);
    }
    await db.query(
      'ALTER TABLE tuned SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)',
    );
    // #endregion tables
    const statistic = (column: string, table: string): Promise<number> =>
      db.value<number>(`SELECT ${column} FROM pg_stat_user_tables WHERE relname = $1`, [table]);
    const pages = (table: string): Promise<number> =>
      db.value<number>(`SELECT pg_relation_size('${table}') / 8192`);
    const before = await pages('tuned');

    // #region rounds
    for (let round = 0; round < 3; round++) {
      const runs = await statistic('autovacuum_count', 'tuned');
      for (const table of tables) {
        await db.query(`UPDATE ${table} SET n = n + 1 WHERE id <= 6000; SELECT pg_stat_force_next_flush()`);
      }
      await until(
        'autovacuum has cleaned the tuned table',
        async () => (await statistic('autovacuum_count', 'tuned')) > runs,
      );
    }
    // #endregion rounds
    fact(
      'Autovacuum runs on the standard table after 18,000 updates',
      await statistic('autovacuum_count', 'standard'),
    );
    fact('Dead rows in the standard table', await statistic('n_dead_tup', 'standard'));
    fact('Dead rows in the tuned table', await statistic('n_dead_tup', 'tuned'));
    const [standard, tuned] = [await pages('standard'), await pages('tuned')];
    measure('Growth of the standard table', standard - before, 'pages');
    measure('Growth of the tuned table', tuned - before, 'pages');
    holds('the standard table grew twice as much', standard - before > 2 * (tuned - before));

    // #region parent
    await db.query(`
      CREATE TABLE sale (at date NOT NULL, shop int NOT NULL) PARTITION BY RANGE (at);
      CREATE TABLE sale_12 PARTITION OF sale FOR VALUES FROM ('2026-12-01') TO ('2027-01-01');
      INSERT INTO sale SELECT date '2026-12-01' + g % 30, g % 5000 FROM generate_series(1, 20000) g;
      SELECT pg_stat_force_next_flush()`);
    await until('autovacuum has analyzed the partition', () => statistic('autoanalyze_count', 'sale_12'));
    const groups = async (): Promise<number> => {
      const [{ Plan: plan } = { Plan: { 'Plan Rows': NaN } }] = await db.value<
        readonly { Plan: { 'Plan Rows': number } }[]
      >('EXPLAIN (FORMAT JSON) SELECT shop, count(*) FROM sale GROUP BY shop');
      return plan['Plan Rows'];
    };
    const guessed = await groups();
    await db.query('ANALYZE sale');
    const known = await groups();
    // #endregion parent
    fact('Shops in the table', await db.value<number>('SELECT count(DISTINCT shop) FROM sale'));
    fact('Shops that the planner expects after autovacuum analyzed the partition', guessed);
    fact('Shops that the planner expects after ANALYZE of the table', known);

    // #region settings
    const refused = await db.query('ALTER TABLE sale SET (autovacuum_vacuum_scale_factor = 0)').then(
      () => 'accepted',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    await db.query('ALTER TABLE sale_12 SET (autovacuum_vacuum_scale_factor = 0)');
    // #endregion settings
    fact('Autovacuum settings on the partitioned table', refused);
  },
});
