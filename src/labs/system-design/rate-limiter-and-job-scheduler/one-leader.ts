import { lab } from '#labs/index.ts';

export default lab({
  title: 'One cron leader, a missed tick, and a second leader',
  claim:
    'An advisory lock gives one leader and goes with its connection; the next one catches up from the last tick on record, and a unique key on schedule and tick keeps two leaders from enqueueing twice.',
  engines: ['postgres'],
  async run({ postgres, fact, scene, until, step }) {
    const db = await postgres();
    // #region tables
    await db.query(`
      CREATE TABLE schedule (name text PRIMARY KEY, every interval NOT NULL, last_tick timestamptz NOT NULL);
      CREATE TABLE job (
        schedule text NOT NULL REFERENCES schedule,
        tick timestamptz NOT NULL,
        UNIQUE (schedule, tick) -- a tick becomes one job, whoever leads
      )`);
    // #endregion tables
    await db.query(`INSERT INTO schedule VALUES ('invoices', '1 hour', '2026-11-22 08:00+00')`);

    // #region tick
    // $1: the time it is now. Every tick since the last one on record, in one statement and so in one transaction.
    const enqueue = `
      WITH due AS (
        SELECT name, generate_series(last_tick + every, $1, every) AS tick FROM schedule
      ), kept AS (
        UPDATE schedule s SET last_tick = d.tick
        FROM (SELECT name, max(tick) AS tick FROM due GROUP BY name) d
        WHERE s.name = d.name AND s.last_tick < d.tick
      )
      INSERT INTO job SELECT name, tick FROM due ON CONFLICT DO NOTHING
      RETURNING to_char(tick AT TIME ZONE 'UTC', 'HH24:MI') AS tick`;
    // #endregion tick
    const lead = `SELECT pg_try_advisory_lock(hashtext('cron')) AS leader`;
    const [s1, s2, s3] = await db.sessions('S1', 'S2', 'S3');
    const ticks = async (session: typeof s1, time: string): Promise<string[]> =>
      (await session.query<{ tick: string }>(enqueue, [`2026-11-22 ${time}+00`])).map(({ tick }) => tick);

    scene('The leader’s connection ends between two ticks');
    const elected: boolean[] = [];
    for (const session of [s1, s2, s3]) {
      const { rows } = await session.does(lead);
      elected.push(rows[0]?.['leader'] === true);
    }
    fact('leaders among three schedulers', elected.filter(Boolean).length);
    const nine = await ticks(s1, '09:00');
    step({ who: 'S1', does: 'enqueue at 09:00', result: nine.join(', ') });
    // #region fall
    await db.query('SELECT pg_terminate_backend($1)', [s1.pid]);
    await until('the lock is free', async () => (await db.value(`SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'`)) === 0); // prettier-ignore
    // #endregion fall
    step({
      who: 'S1',
      does: '(its connection is cut)',
      outcome: 'fails',
      note: 'The lock goes with the session.',
    });
    const took = await s2.does(lead);
    fact('the second scheduler leads after that', took.rows[0]?.['leader'] === true);
    const caught = await ticks(s2, '12:10');
    step({ who: 'S2', does: 'enqueue at 12:10', result: caught.join(', ') });
    fact('ticks enqueued at 12:10, after 09:00', caught);

    // S1 was only cut off. Its process still believes that it leads, and ticks on a new connection.
    const [again] = await db.sessions('S1 again');
    const repeated = await ticks(again, '12:10');
    step({
      who: 'S1',
      does: 'enqueue at 12:10, still sure that it leads',
      result: `${repeated.length} jobs`,
    });
    fact('jobs enqueued by the leader that did not know', repeated.length);

    scene('Both tick in the same moment');
    const both = await db.sessions('A', 'B');
    const [a, b] = both;
    await a.query('BEGIN');
    const first = await ticks(a, '13:00');
    step({ who: 'A', does: 'BEGIN; enqueue at 13:00', result: `${first.join(', ')}, not committed` });
    const race = ticks(b, '13:00');
    await until('B waits for A', async () => (await db.value<number>(`SELECT cardinality(pg_blocking_pids($1))`, [b.pid])) === 1); // prettier-ignore
    step({ who: 'B', does: 'enqueue at 13:00', outcome: 'waits', result: 'waits for A' });
    await a.query('COMMIT');
    const raced = await race;
    step({ who: 'A', does: 'COMMIT' });
    step({ who: 'B', does: '(returns)', result: `${raced.length} jobs` });
    fact('jobs for 13:00', await db.value(`SELECT count(*) FROM job WHERE tick = '2026-11-22 13:00+00'`));
    fact('jobs from 09:00 to 13:00', await db.value('SELECT count(*) FROM job'));

    // #region pooled
    // Through a pool in transaction mode the next query may run on another connection. There:
    const free = await s3.value<boolean>('SELECT pg_advisory_unlock(hashtext($1))', ['cron']);
    // #endregion pooled
    fact('unlocking from another connection works', free);

    // A leader whose event loop stands still keeps its connection, and with it the lock, unless the server ends it.
    // #region silent
    await s2.query(`SET idle_session_timeout = '200ms'`); // in production a few heartbeats of the leader
    await until('the lock is free', async () => (await db.value(`SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'`)) === 0); // prettier-ignore
    const next = await s3.value<boolean>(lead);
    // #endregion silent
    fact('the third scheduler leads after the second fell silent', next);
  },
});
