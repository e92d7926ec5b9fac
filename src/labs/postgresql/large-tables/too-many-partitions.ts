import { lab, type Session } from '#labs/index.ts';

interface Explained {
  readonly 'Planning Time': number;
}

const most = 365;
/** A year in months, in weeks and in days. */
const counts = [12, 53, most];

export default lab({
  title: 'What many partitions cost',
  claim:
    'A query with the partition key as a literal plans as fast over 365 partitions as over 12. One without it, or with now() in its place, locks all of them and their indexes; so does a prepared statement once, at its sixth execution; and a part of the connections exhausts the lock table with it.',
  engines: ['postgres'],
  async run({ postgres, fact, measure, holds, series }) {
    // A server of its own, whose lock table this lab fills: room for 64 locks, the default, for each of 40 connections.
    const server = await postgres.instance({ max_connections: 40 });
    const db = await server.database();

    // #region tables
    for (const count of counts) {
      await db.query(`
        CREATE TABLE event_${count} (id bigint, day date, actor int, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
        CREATE INDEX ON event_${count} (actor)`);
      for (let from = 0; from < count; from += 100) {
        // In several transactions: one that makes them all holds a lock on each.
        await db.query(`DO $$ BEGIN FOR d IN ${from}..${Math.min(from + 100, count) - 1} LOOP
          EXECUTE format('CREATE TABLE event_${count}_%s PARTITION OF event_${count} FOR VALUES FROM (%L) TO (%L)',
                         d, date '2026-01-01' + d, date '2026-01-02' + d);
        END LOOP; END $$`);
      }
    }
    // #endregion tables

    // #region queries
    const forms = {
      'with the key': `id = 7 AND day = '2026-01-04'`,
      'with now() as the key': `id = 7 AND day >= now()`,
      'without the key': 'id = 7',
    };
    const query = (count: number, where: string): string => `SELECT * FROM event_${count} WHERE ${where}`;
    // #endregion queries

    // #region planning
    /** The median of five planning times in ms, after a first one that also loads the catalogue. */
    const planning = async (session: Session, sql: string): Promise<number> => {
      const times: number[] = [];
      for (let run = 0; run < 6; run++) {
        const [explained] = await session.value<readonly Explained[]>(
          `EXPLAIN (SUMMARY, FORMAT JSON) ${sql}`,
        );
        times.push(explained?.['Planning Time'] ?? NaN);
      }
      return times.slice(1).sort((a, b) => a - b)[2] ?? NaN;
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

    const points = Object.fromEntries(Object.keys(forms).map((form) => [form, [] as [number, number][]]));
    const rows: number[][] = [];
    const megabytes: number[] = [];
    let shared = 0;
    for (const count of counts) {
      const session = await db.session('App');
      const before = await memory(session);
      const row = [count];
      for (const [form, where] of Object.entries(forms)) {
        points[form]?.push([count, await planning(session, query(count, where))]);
        const [all, outside] = await locks(session, () => session.query(query(count, where)));
        row.push(all);
        shared = outside;
      }
      rows.push([...row, shared]);
      megabytes.push((await memory(session)) - before);
      await session.end();
    }
    series('Planning time', { x: 'partitions', y: 'planning', unit: 'ms', points });
    fact('Locks on tables and indexes', {
      columns: ['partitions', ...Object.keys(forms), 'of these in the shared lock table'],
      rows,
    });
    for (const [n, form] of Object.keys(forms).entries()) {
      fact(`Locks over ${most} partitions ${form}`, rows.at(-1)?.[n + 1] ?? NaN);
      measure(`Planning over ${most} partitions ${form}`, points[form]?.at(-1)?.[1] ?? NaN, 'ms');
    }
    measure(`Memory that a connection keeps after these, ${most} partitions`, megabytes.at(-1) ?? NaN, 'MB');
    holds(
      'planning without the key takes twenty times as long',
      (points['without the key']?.at(-1)?.[1] ?? NaN) > 20 * (points['with the key']?.at(-1)?.[1] ?? NaN),
    );

    // #region prepared
    const app = await db.session('App');
    const byKey = {
      name: 'by-key',
      text: `SELECT * FROM event_${most} WHERE id = $1 AND day = $2`,
      values: [7, '2026-01-04'],
    };
    const executions: number[] = [];
    for (let execution = 1; execution <= 8; execution++) {
      executions.push((await locks(app, () => app.client.query(byKey)))[0]);
    }
    // #endregion prepared
    fact('Locks by execution of a prepared statement with the key', executions);
    await app.query('SET plan_cache_mode = force_generic_plan');
    const generic: number[] = [];
    for (let execution = 1; execution <= 3; execution++) {
      generic.push((await locks(app, () => app.client.query(byKey)))[0]);
    }
    fact('Locks by execution of its generic plan', generic);

    // #region exhausted
    let sessions = 0;
    let refusal = '';
    while (!refusal && sessions < 35) {
      const session = await db.session('App');
      try {
        await session.query(`BEGIN; ${query(most, forms['without the key'])}`);
        sessions++;
      } catch (error) {
        refusal = `${String((error as { code?: string }).code)}: ${(error as Error).message}`;
      }
    }
    // #endregion exhausted
    fact('The next session after that', refusal);
    measure('Open transactions without the key that fit the lock table', sessions, 'sessions');
    holds('fewer than 30 of 40 connections are enough', sessions < 30);
  },
});
