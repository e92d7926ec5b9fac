import { chmod } from 'node:fs/promises';
import { lab } from '#labs/index.ts';

const perMonth = 30_000;

export default lab({
  title: 'Forget a month: DELETE, or detach and drop',
  claim:
    'Deleting the oldest month logs every row and leaves the file as long as it was; detaching and dropping its partition gives the space back at once and logs next to nothing.',
  engines: ['postgres'],
  async run({ postgres, fact, measure, holds, folder }) {
    // Full page writes as in production; a server of its own, because the log of a shared one has other labs in it.
    const server = await postgres.instance({ full_page_writes: true });
    const db = await server.database();

    // #region tables
    const month = (m: number): string => `(date '2026-01-01' + interval '${m} month')::date`;
    const rows = (from: number, to: number): string => `
      SELECT m * ${perMonth} + g, ${month(0)} + m * interval '1 month', repeat('x', 60)
      FROM generate_series(${from}, ${to}) m, generate_series(1, ${perMonth}) g ORDER BY 1`;
    await db.query(`
      CREATE TABLE whole (id bigint, at date NOT NULL, note text NOT NULL, PRIMARY KEY (id, at));
      CREATE TABLE monthly (LIKE whole INCLUDING ALL) PARTITION BY RANGE (at);
      ${Array.from(
        { length: 4 },
        (_, m) => `
      CREATE TABLE monthly_${m + 1} PARTITION OF monthly FOR VALUES FROM (${month(m)}) TO (${month(m + 1)});`,
      ).join('')}
      INSERT INTO whole ${rows(0, 3)};
      INSERT INTO monthly SELECT * FROM whole;
          `);
    await db.query('VACUUM ANALYZE');
    // #endregion tables

    /** Runs statements one by one: their time in ms, and the bytes the server logged meanwhile. */
    const cost = async (...statements: readonly string[]): Promise<{ ms: number; bytes: number }> => {
      await db.query('CHECKPOINT');
      const from = await db.value<string>('SELECT pg_current_wal_insert_lsn()');
      const start = performance.now();
      for (const sql of statements) await db.query(sql);
      const ms = performance.now() - start;
      return { ms, bytes: Number(await db.value(`SELECT pg_current_wal_insert_lsn() - '${from}'::pg_lsn`)) };
    };
    const pages = (table: string): Promise<number> =>
      db.value<number>(`SELECT sum(pg_relation_size(oid) / 8192)::int FROM pg_class
        WHERE oid = '${table}'::regclass OR oid IN (SELECT relid FROM pg_partition_tree('${table}'))`);

    // #region delete
    const sizes: (string | number)[][] = [
      ['four months loaded', await pages('whole'), await pages('monthly')],
    ];
    const deleting = await cost(`DELETE FROM whole WHERE at < '2026-02-01'`, 'VACUUM whole');
    const dropping = await cost(
      'ALTER TABLE monthly DETACH PARTITION monthly_1 CONCURRENTLY',
      'DROP TABLE monthly_1',
    );
    sizes.push(['oldest month gone, vacuumed', await pages('whole'), await pages('monthly')]);
    // #endregion delete

    // #region reuse
    await db.query(`
      CREATE TABLE monthly_5 PARTITION OF monthly FOR VALUES FROM (${month(4)}) TO (${month(5)});
      INSERT INTO whole ${rows(4, 4)};
      INSERT INTO monthly ${rows(4, 4)};
    `);
    sizes.push(['a new month arrives', await pages('whole'), await pages('monthly')]);
    // #endregion reuse

    // #region newest
    await db.query(`DELETE FROM whole WHERE at >= '2026-04-01'`);
    await db.query('VACUUM whole');
    sizes.push(['the two newest months deleted, vacuumed', await pages('whole'), await pages('monthly')]);
    // #endregion newest

    fact('Pages of the table', { columns: ['after', 'DELETE, one table', 'DROP, partitions'], rows: sizes });
    fact('Rows in the month', perMonth);
    fact('Pages of the one table before DELETE', sizes[0]?.[1] ?? NaN);
    fact('Pages of the one table after DELETE and VACUUM', sizes[1]?.[1] ?? NaN);
    measure('DELETE and VACUUM', deleting.ms, 'ms');
    measure('Detach and drop', dropping.ms, 'ms');
    measure('Log of DELETE and VACUUM', deleting.bytes / 1e6, 'MB');
    measure('Log of detach and drop', dropping.bytes / 1e6, 'MB');
    measure('Log, ratio', deleting.bytes / dropping.bytes, '×');
    holds('DELETE and VACUUM log ten times as much', deleting.bytes > 10 * dropping.bytes);

    // #region archive
    const archive = await folder();
    await chmod(archive, 0o777); // the server may run as another user
    const file = `${archive}/2026-02.csv`;
    await db.query('ALTER TABLE monthly DETACH PARTITION monthly_2 CONCURRENTLY');
    await db.query(`COPY monthly_2 TO '${file}' (FORMAT csv, HEADER)`);
    await db.query(
      `CREATE TEMP TABLE restored (LIKE monthly_2); COPY restored FROM '${file}' (FORMAT csv, HEADER MATCH)`,
    );
    const differing = await db.value<number>(`
      SELECT count(*) FROM ((TABLE monthly_2 EXCEPT ALL TABLE restored) UNION ALL (TABLE restored EXCEPT ALL TABLE monthly_2)) d`);
    if (differing === 0) await db.query('DROP TABLE monthly_2');
    // #endregion archive
    fact('Rows that differ between the month and its archive, read back', differing);
  },
});
