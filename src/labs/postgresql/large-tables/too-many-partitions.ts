import { lab, type Session } from '#labs/index.ts';

interface Explained {
  readonly 'Planning Time': number;
}

/** A year of months, ten years of months, two years of days. */
const counts = [12, 120, 730];

export default lab({
  title: 'What many partitions cost',
  claim:
    'A query with the partition key plans as fast over 730 partitions as over 12; one without it locks all of them and their indexes, so does a prepared statement once at its sixth execution, and a few dozen such sessions exhaust the lock table.',
  engines: ['postgres'],
  async run({ postgres, fact, measure, holds, series }) {
    // A server of its own with the default size of the lock table, which this lab fills.
    const server = await postgres.instance();
    const db = await server.database();

    // #region tables
    for (const count of counts) {
      await db.query(
        `CREATE TABLE event_${count} (id bigint, day int, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)`,
      );
      for (let from = 0; from < count; from += 100) {
        // In several transactions: one that makes them all holds a lock on each.
        await db.query(`DO $$ BEGIN FOR d IN ${from}..${Math.min(from + 100, count) - 1} LOOP
          EXECUTE format('CREATE TABLE event_${count}_%s PARTITION OF event_${count} FOR VALUES FROM (%s) TO (%s)', d, d, d + 1);
        END LOOP; END $$`);
      }
    }
    // #endregion tables

    // #region queries
    const withKey = (count: number): string => `SELECT * FROM event_${count} WHERE id = 7 AND day = 3`;
    const withoutKey = (count: number): string => `SELECT * FROM event_${count} WHERE id = 7`;
    // #endregion queries

    // #region planning
    /** The median of nine planning times in ms, leaving out a tenth, the first, which also loads the catalogue. */
    const planning = async (session: Session, sql: string): Promise<number> => {
      const times: number[] = [];
      for (let run = 0; run < 10; run++) {
        const [explained] = await session.value<readonly Explained[]>(
          `EXPLAIN (SUMMARY, FORMAT JSON) ${sql}`,
        );
        times.push(explained?.['Planning Time'] ?? NaN);
      }
      return times.slice(1).sort((a, b) => a - b)[4] ?? NaN;
    };
    // #endregion planning
    // #region locks
    /** The locks on tables and indexes that a transaction holds after this statement, all and those outside the fast path. */
    const locks = async (
      session: Session,
      run: () => Promise<unknown>,
    ): Promise<[all: number, shared: number]> => {
      await session.query('BEGIN');
      await run();
      const [held] = await db.query<{ all: number; shared: number }>(
        `SELECT count(*) AS all, count(*) FILTER (WHERE NOT fastpath) AS shared
         FROM pg_locks WHERE pid = $1 AND locktype = 'relation'`,
        [session.pid],
      );
      await session.query('COMMIT');
      return [held?.all ?? 0, held?.shared ?? 0];
    };
    // #endregion locks

    const memory = (session: Session): Promise<number> =>
      session.value<number>(`SELECT sum(used_bytes) / 1e6 FROM pg_backend_memory_contexts`).then(Number);

    const points = { 'with the key': [] as [number, number][], 'without the key': [] as [number, number][] };
    const rows: number[][] = [];
    const megabytes: number[] = [];
    for (const count of counts) {
      const session = await db.session('App');
      const before = await memory(session);
      points['with the key'].push([count, await planning(session, withKey(count))]);
      const pruned = await locks(session, () => session.query(withKey(count)));
      points['without the key'].push([count, await planning(session, withoutKey(count))]);
      const all = await locks(session, () => session.query(withoutKey(count)));
      rows.push([count, pruned[0], all[0], all[1]]);
      megabytes.push((await memory(session)) - before);
      await session.end();
    }
    series('Planning time', { x: 'partitions', y: 'planning', unit: 'ms', points });
    fact('Locks on tables and indexes', {
      columns: ['partitions', 'with the key', 'without the key', 'of them in the shared lock table'],
      rows,
    });
    fact('Locks over 730 partitions with the key', rows.at(-1)?.[1] ?? NaN);
    fact('Locks over 730 partitions without the key', rows.at(-1)?.[2] ?? NaN);
    const [withKeyMs, withoutKeyMs] = [
      points['with the key'].at(-1)?.[1] ?? NaN,
      points['without the key'].at(-1)?.[1] ?? NaN,
    ];
    measure('Planning over 730 partitions with the key', withKeyMs, 'ms');
    measure('Planning over 730 partitions without the key', withoutKeyMs, 'ms');
    measure('Memory that a connection keeps after both, 12 partitions', megabytes[0] ?? NaN, 'MB');
    measure('Memory that a connection keeps after both, 730 partitions', megabytes.at(-1) ?? NaN, 'MB');
    holds('planning without the key takes twenty times as long', withoutKeyMs > 20 * withKeyMs);

    // #region prepared
    const app = await db.session('App');
    const byKey = {
      name: 'by-key',
      text: 'SELECT * FROM event_730 WHERE id = $1 AND day = $2',
      values: [7, 3],
    };
    const executions: number[] = [];
    for (let execution = 1; execution <= 8; execution++) {
      executions.push((await locks(app, () => app.client.query(byKey)))[0]);
    }
    // #endregion prepared
    fact('Locks by execution of a prepared statement with the key', executions);

    // #region exhausted
    let sessions = 0;
    let refusal = '';
    while (!refusal && sessions < 60) {
      const session = await db.session('App');
      try {
        await session.query(`BEGIN; ${withoutKey(730)}`);
        sessions++;
      } catch (error) {
        refusal = `${String((error as { code?: string }).code)}: ${(error as Error).message}`;
      }
    }
    // #endregion exhausted
    fact('The next session after that', refusal);
    measure('Open transactions without the key that fit the default lock table', sessions, 'sessions');
    holds('fewer than 40 of 100 connections are enough', sessions < 40);
  },
});
