import { lab } from '#labs/index.ts';

const months = Array.from({ length: 12 }, (_, month) => `2026_${String(month + 1).padStart(2, '0')}`);
const day = (month: string): string => `${month.replace('_', '-')}-01`;

export default lab({
  title: 'Retention by DROP, and who waits for it',
  claim:
    'Dropping a month costs almost no log and returns its space, deleting it costs a record per row and returns none; a plain DROP stops every reader behind one open transaction, DETACH CONCURRENTLY does not.',
  engines: ['postgres'],
  async run({ postgres, fact, measure, holds, scene }) {
    // The log is counted for the whole server, so this lab has one of its own.
    const server = await postgres.instance();
    const db = await server.database();
    // #region partitions
    await db.query(`
      CREATE TABLE reading (device_id int NOT NULL, at timestamptz NOT NULL, value float8 NOT NULL, PRIMARY KEY (device_id, at))
        PARTITION BY RANGE (at);
    `);
    for (const [index, month] of months.entries()) {
      const next = months[index + 1];
      await db.query(`
        CREATE TABLE reading_${month} PARTITION OF reading FOR VALUES FROM ('${day(month)}') TO ('${next ? day(next) : '2027-01-01'}')`);
    }
    // #endregion partitions
    await db.query(`
      INSERT INTO reading SELECT d, '2026-01-01'::timestamptz + h * interval '1 hour', 20
      FROM generate_series(0, 364 * 24 - 1) h, generate_series(1, 25) d`);
    await db.query(`CREATE TABLE flat (LIKE reading INCLUDING ALL); INSERT INTO flat SELECT * FROM reading`);
    await db.query('VACUUM ANALYZE reading, flat');

    const refused = await db.outcome(
      'CREATE TABLE event (id bigint PRIMARY KEY, at timestamptz) PARTITION BY RANGE (at)',
    );
    fact('SQLSTATE of a primary key without the partition key', refused.tag);

    // #region twice
    const batch = `
      INSERT INTO reading SELECT d, '2026-12-31 23:00', 21 FROM generate_series(1, 25) d
      ON CONFLICT (device_id, at) DO NOTHING`;
    const sent = [(await db.outcome(batch)).tag, (await db.outcome(batch)).tag];
    // #endregion twice
    fact('A gateway that sends its batch of 25 twice', sent);

    // #region pruning
    const scanned = async (where: string): Promise<number> => {
      const { nodes } = await db.explain(`SELECT avg(value) FROM reading WHERE ${where}`);
      return nodes.filter((node) => node.includes(' on reading_')).length;
    };
    const pruning = [];
    for (const where of [
      `at >= '2026-11-20' AND at < '2026-11-21'`,
      `date_trunc('day', at) = '2026-11-20'`,
      `device_id = 7`,
    ]) {
      pruning.push([where, await scanned(where)]);
    }
    // #endregion pruning
    fact('Partitions scanned', { columns: ['condition', 'of 12'], rows: pruning });

    // #region delete
    const size = (table: string): Promise<number> =>
      db.value<number>(
        `SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree($1::regclass) WHERE isleaf`,
        [table],
      );
    /** What a way of removing January costs in log, and how many bytes the table gives back. */
    const removing = async (
      table: string,
      ...statements: string[]
    ): Promise<[wal: number, freed: number]> => {
      const [bytes, from] = [await size(table), await db.value<string>('SELECT pg_current_wal_insert_lsn()')];
      for (const statement of statements) await db.query(statement);
      const wal = await db.value<number>('SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1)::bigint', [
        from,
      ]);
      return [wal, bytes - (await size(table))];
    };
    const january = await db.value<number>('SELECT count(*) FROM reading_2026_01');
    const deleted = await removing('flat', `DELETE FROM flat WHERE at < '2026-02-01'`, 'VACUUM flat');
    const dropped = await removing('reading', 'DROP TABLE reading_2026_01');
    // #endregion delete
    fact('Rows in January', january);
    fact('Bytes that DELETE and VACUUM give back', deleted[1]);
    holds('DROP gives back all of the partition', dropped[1] > january * 50);
    measure('Log for DELETE and VACUUM', deleted[0] / 1024, 'kB');
    measure('Log for DROP', dropped[0] / 1024, 'kB');
    measure('Space that DROP gives back', dropped[1] / 1024, 'kB');
    holds('DELETE writes more than twenty times the log of DROP', deleted[0] > 20 * dropped[0]);

    // #region locks
    const modes = [];
    const standalone = 'CREATE TABLE reading_2027_01 (LIKE reading INCLUDING ALL)';
    const bounds = `FOR VALUES FROM ('2027-01-01') TO ('2027-02-01')`;
    for (const [what, ...statements] of [
      ['CREATE TABLE … PARTITION OF', `CREATE TABLE reading_2027_01 PARTITION OF reading ${bounds}`],
      ['ATTACH PARTITION', standalone, `ALTER TABLE reading ATTACH PARTITION reading_2027_01 ${bounds}`],
      ['DETACH PARTITION', 'ALTER TABLE reading DETACH PARTITION reading_2026_02'],
      ['DROP TABLE of a partition', 'DROP TABLE reading_2026_02'],
    ] as const) {
      const session = await db.session('DDL');
      await session.query('BEGIN');
      for (const statement of statements) await session.query(statement);
      const [lock] = await session.query<{ mode: string }>(
        `SELECT mode FROM pg_locks WHERE pid = $1 AND relation = 'reading'::regclass AND mode <> 'AccessShareLock'`,
        [session.pid],
      );
      modes.push([what, lock?.mode ?? 'none']);
      await session.query('ROLLBACK');
      await session.end();
    }
    // #endregion locks
    fact('Lock on the partitioned table', { columns: ['statement', 'lock on the parent'], rows: modes });

    const [report, retention, dashboard] = await db.sessions('Report', 'Retention', 'Dashboard');
    // #region waiting
    const look = `SELECT count(*) FROM reading WHERE at >= '2026-12-31'`;
    const detaching = `
      ALTER TABLE reading DETACH PARTITION reading_2026_03 CONCURRENTLY`;
    scene('DROP: one open report stops the dashboard');
    await report.does('BEGIN');
    await report.does(look);
    const drop = await retention.waits('DROP TABLE reading_2026_02');
    const blocked = await dashboard.waits(look, { note: 'Another month!' });
    await report.does('COMMIT');
    await drop.outcome();
    await blocked.outcome();
    scene('DETACH CONCURRENTLY: the job waits, the dashboard does not');
    await report.does('BEGIN');
    await report.does(look);
    const detach = await retention.waits(detaching);
    const passed = await dashboard.does(look);
    await report.does('COMMIT');
    await detach.outcome('Now a table of its own: archive it, then drop it.');
    await retention.does('DROP TABLE reading_2026_03');
    // #endregion waiting
    await db.query('CREATE TABLE reading_rest PARTITION OF reading DEFAULT');
    const beside = await db.outcome('ALTER TABLE reading DETACH PARTITION reading_2026_04 CONCURRENTLY');
    fact('SQLSTATE of DETACH CONCURRENTLY beside a default partition', beside.tag);
    fact('Rows the dashboard counts during DETACH CONCURRENTLY', Number(passed.rows[0]?.['count']));
  },
});
