import { readFileSync } from 'node:fs';
import { lab, type Database, type Session } from '#labs/index.ts';

const schema = readFileSync(new URL('schema/reading.sql', import.meta.url), 'utf8');

/** Recomputes each device and hour that holds a row with this property. */
const recompute = (touchedBy: string): string => `
  SELECT recompute(device_id, hour) FROM (
    SELECT DISTINCT device_id, date_bin('1 hour', at, '2000-01-01') AS hour FROM reading WHERE ${touchedBy}
  ) touched`;

export default lab({
  title: 'Three ways to remember how far a rollup has come',
  claim:
    'A rollup that remembers a timestamp loses late readings, one that remembers an id loses readings whose transaction commits late, and one that remembers a transaction horizon loses none, until a partition is dropped before it was counted once more.',
  engines: ['postgres'],
  async run({ postgres, fact, holds, measure, step, scene }) {
    // The horizon belongs to the whole server, so this lab has one of its own.
    const server = await postgres.instance();
    /** A fresh database with the schema, and sessions on it. */
    const fresh = async (): Promise<Database> => {
      const db = await server.database();
      await db.query(schema);
      return db;
    };
    const reading = (device: number, at: string, value = 20): string =>
      `INSERT INTO reading (device_id, at, value) VALUES (${device}, '2026-11-20 ${at}', ${value})`;
    const counted = 'SELECT coalesce(sum(n), 0)::int FROM reading_hour';

    // #region positions
    const positions = {
      'event time': async (job: Session, run: number): Promise<unknown> => {
        const hour = [`at < '2026-11-20 11:00'`, `at >= '2026-11-20 11:00' AND at < '2026-11-20 14:00'`][run];
        return job.query(recompute(hour ?? 'false'));
      },
      id: async (job: Session): Promise<unknown> => {
        const last = await job.value<number>('SELECT last FROM id_state');
        const highest = await job.value<number>('SELECT max(id) FROM reading');
        await job.query(recompute(`id > ${last} AND id <= ${highest}`));
        return job.query('UPDATE id_state SET last = $1', [highest]);
      },
      'transaction horizon': (job: Session) => job.query('SELECT roll_up()'),
    };
    // #endregion positions
    const rows: (string | number)[][] = [];
    for (const [position, run] of Object.entries(positions)) {
      const db = await fresh();
      await db.query('CREATE TABLE id_state (last bigint); INSERT INTO id_state VALUES (0)');
      const [gateway, other, job] = await db.sessions('Gateway', 'Other', 'Rollup');
      scene(`The rollup remembers ${position === 'event time' ? 'the hours' : `the ${position}`}`);
      const roll = async (nth: number, clock: string): Promise<number> => {
        await run(job, nth);
        const total = await db.value<number>(counted);
        step({ who: 'Rollup', does: `(runs at ${clock})`, result: `${total} readings counted` });
        return total;
      };
      // #region story
      await other.does(reading(1, '10:10'));
      await other.does(reading(2, '10:20'));
      await gateway.does('BEGIN');
      await gateway.does(reading(2, '10:58'), { note: 'On a slow line: the transaction stays open.' });
      await other.does(reading(1, '10:59'));
      const first = await roll(0, '11:00');
      await gateway.does('COMMIT', { note: 'Its id is lower than one that was counted.' });
      await other.does(reading(1, '10:15'), { note: 'Sent at 13:00 by a device that was offline.' });
      const second = await roll(1, '14:00');
      // #endregion story
      rows.push([position, first, second, (await db.value<number>('SELECT count(*) FROM reading')) - second]);
    }
    fact('Readings counted', {
      columns: ['the rollup remembers', 'at 11:00', 'at 14:00', 'lost for good'],
      rows,
    });

    // #region crash
    const db = await fresh();
    const [writer, idle] = await db.sessions('Writer', 'Idle');
    for (const minute of ['10:10', '10:20', '10:30']) await writer.query(reading(1, minute));
    const doomed = await db.session('Doomed job');
    await doomed.query('BEGIN; SELECT roll_up()');
    await db.query('SELECT pg_terminate_backend($1)', [doomed.pid]);
    const job = await db.session('Rollup');
    await job.query('SELECT roll_up()');
    fact('Readings counted after the job was killed and run again', await db.value<number>(counted));
    // The same repeat with a rollup that adds, and keeps its position in another transaction.
    await db.query('CREATE TABLE adding (hour timestamptz PRIMARY KEY, n bigint)');
    for (let attempt = 1; attempt <= 2; attempt++) {
      await db.query(`
        INSERT INTO adding SELECT date_bin('1 hour', at, '2000-01-01') AS hour, count(*) FROM reading GROUP BY 1
        ON CONFLICT (hour) DO UPDATE SET n = adding.n + excluded.n`);
    }
    fact('Readings counted by a repeated job that adds', await db.value<number>('SELECT n FROM adding'));
    // #endregion crash

    // #region horizon
    const horizon = (): Promise<number> =>
      db.value<number>('SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint');
    const elsewhere = await (await server.database()).session('Another database');
    const held: [string, boolean][] = [];
    for (const [what, who, statement] of [
      ['a transaction that only reads', idle, 'SELECT count(*) FROM reading'],
      ['a transaction that wrote', idle, `UPDATE rollup_state SET done_before = done_before`],
      ['a transaction that wrote in another database', elsewhere, 'CREATE TABLE t (n int)'],
    ] as const) {
      await who.query(`BEGIN; ${statement}`);
      const before = await horizon();
      await writer.query(reading(3, `12:${10 + held.length}`));
      held.push([what, (await horizon()) === before]);
      await who.query('ROLLBACK');
    }
    // #endregion horizon
    fact('What holds the horizon back while it stays open', {
      columns: ['open', 'the horizon stands still'],
      rows: held,
    });

    // #region retention
    const closed = await fresh();
    const late = `INSERT INTO reading (device_id, at, value) VALUES (1, '2026-10-05 10:45', 20)`;
    for (const minute of [10, 20, 30]) {
      await closed.query(
        `INSERT INTO reading (device_id, at, value) VALUES (1, '2026-10-05 10:${minute}', 20)`,
      );
    }
    const closer = await closed.session('Rollup');
    await closer.query('SELECT roll_up()');
    // One more comes after that run, and then October's raw rows go.
    await closed.query(`INSERT INTO reading (device_id, at, value) VALUES (1, '2026-10-05 10:40', 20)`);
    await closed.query('ALTER TABLE reading DETACH PARTITION reading_2026_10');
    await closer.query('SELECT roll_up()');
    const byTheNextRun = await closed.value<number>(counted);
    await closed.query(`SELECT close_books('reading_2026_10'); DROP TABLE reading_2026_10`);
    const byClosing = await closed.value<number>(counted);
    const refused = await closed.outcome(late);
    await closer.query('SELECT roll_up()');
    const kept = await closed.value<number>(counted);
    await closed.query('CREATE TABLE reading_rest PARTITION OF reading DEFAULT');
    const taken = await closed.outcome(late);
    await closer.query('SELECT roll_up()');
    const overwritten = await closed.value<number>(counted);
    // #endregion retention
    fact('A reading between the last run and the DETACH', {
      columns: ['counted by', 'readings in the rollup of that hour, of 4'],
      rows: [
        ['the next run', byTheNextRun],
        ['close_books on the detached partition', byClosing],
      ],
    });
    fact('A late reading for a month whose raw rows were dropped', {
      columns: ['table', 'INSERT', 'readings in the rollup of that hour (4 before)'],
      rows: [
        ['no default partition', refused.tag, kept],
        ['with a default partition', taken.tag, overwritten],
      ],
    });
    fact('SQLSTATE for a reading without a partition', refused.tag);

    // #region averages
    await closed.query(`TRUNCATE reading, reading_hour`);
    await closed.query(`
      INSERT INTO reading (device_id, at, value)
      SELECT 1, '2026-11-20 08:00'::timestamptz + g * interval '1 minute', 10 FROM generate_series(1, 9) g;
      INSERT INTO reading (device_id, at, value) VALUES (1, '2026-11-20 09:00', 100)`);
    await closer.query('SELECT roll_up()');
    const average = await closed.value<number>('SELECT avg(sum / n) FROM reading_hour');
    const truth = await closed.value<number>('SELECT sum(sum) / sum(n) FROM reading_hour');
    // #endregion averages
    fact('Average of the hourly averages', average);
    fact('Average of the day', truth);

    // #region pages
    const big = await fresh();
    await big.query(`
      INSERT INTO reading (device_id, at, value)
      SELECT d, '2026-11-02'::timestamptz + m * interval '1 minute', 20
      FROM generate_series(0, 719) m, generate_series(1, 200) d`);
    const bigJob = await big.session('Rollup');
    await bigJob.query('SELECT roll_up()');
    await big.query('VACUUM ANALYZE reading, reading_hour');
    // The next minute of every device, and three readings from hours ago.
    await big.query(`
      INSERT INTO reading (device_id, at, value)
      SELECT d, '2026-11-02 12:00'::timestamptz, 20 FROM generate_series(1, 200) d UNION ALL
      SELECT d, '2026-11-02 03:00:30'::timestamptz, 20 FROM generate_series(1, 3) d`);
    const from = await big.value<number>('SELECT done_before FROM rollup_state');
    await big.query('BEGIN');
    const incremental = await big.explain(recompute(`tx >= ${from}`));
    await big.query('ROLLBACK');
    await big.query('BEGIN');
    const whole = await big.explain(recompute('true'));
    await big.query('ROLLBACK');
    // #endregion pages
    measure('Pages touched to roll up 203 new readings', incremental.buffers, 'pages');
    measure('Pages touched to roll up all 144,203', whole.buffers, 'pages');
    holds('the increment touches less than a tenth of the pages', incremental.buffers < whole.buffers / 10);
  },
});
