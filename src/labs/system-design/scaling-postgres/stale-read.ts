import { lab } from '#labs/index.ts';

export default lab({
  title: 'A replica that has your write, and one that has not',
  claim:
    'A read sent to a lagging standby returns the old row; a read that carries the position taken after its COMMIT waits for that position or goes to the primary. A position taken before COMMIT is reached and still gives the old row.',
  engines: ['postgres'],
  async run({ postgres, until, sleep, fact, holds, scene, step }) {
    const server = await postgres.instance({ wal_level: 'replica' });
    const primary = await server.database();
    await primary.query(`CREATE TABLE profile (id int PRIMARY KEY, name text);
                         INSERT INTO profile VALUES (1, 'Ann')`);
    const copy = await server.standby();
    const standby = await copy.open(primary.name);
    const replayPaused = async (): Promise<void> => {
      await standby.query('SELECT pg_wal_replay_pause()');
      await until(
        'replay is paused',
        async () => (await standby.value('SELECT pg_get_wal_replay_pause_state()')) === 'paused',
      );
    };
    const name = 'SELECT name FROM profile WHERE id = 1';

    // #region wait
    const replayed = 'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn';

    /** Reads on the standby once it has replayed `position`; after `patience` ms, on the primary. */
    async function read(position: string, patience: number): Promise<{ from: string; name: string }> {
      const deadline = performance.now() + patience;
      do {
        if (await standby.value<boolean>(replayed, [position]))
          return { from: 'standby', name: await standby.value<string>(name) };
        await sleep(5);
      } while (performance.now() < deadline);
      return { from: 'primary', name: await primary.value<string>(name) };
    }
    // #endregion wait

    scene('The standby lags, and the user reads');
    await replayPaused();
    step({ who: 'Standby', does: 'replay falls behind', note: 'pg_wal_replay_pause() stands for any lag.' });
    await primary.query(`UPDATE profile SET name = 'Bea' WHERE id = 1`);
    const position = await primary.value<string>('SELECT pg_current_wal_insert_lsn()');
    step({
      who: 'App',
      does: `UPDATE … name = 'Bea'; COMMIT`,
      result: 'and its position in the log, an LSN',
    });
    const stale = await standby.value<string>(name);
    step({ who: 'App', does: 'reads on the standby', result: stale, outcome: 'fails' });
    fact('read on the standby right after the commit', stale);
    const lagging = await read(position, 50);
    step({
      who: 'App',
      does: 'reads with the position, 50 ms of patience',
      result: `${lagging.name}, from the ${lagging.from}`,
    });
    fact('read with the position while it lags', lagging.name);
    fact('answered by, while it lags', lagging.from);
    await standby.query('SELECT pg_wal_replay_resume()');
    const caughtUp = await read(position, 10_000);
    step({
      who: 'App',
      does: 'reads with the position, replay goes on',
      result: `${caughtUp.name}, from the ${caughtUp.from}`,
    });
    fact('read with the position once it is replayed', caughtUp.name);
    fact('answered by, once it is replayed', caughtUp.from);

    scene('The position was taken one statement too early');
    const [app] = await primary.sessions('App');
    // #region early
    await app.query('BEGIN');
    await app.query(`UPDATE profile SET name = 'Cleo' WHERE id = 1`);
    const early = await app.value<string>('SELECT pg_current_wal_insert_lsn()');
    await primary.query(`INSERT INTO profile VALUES (2, 'Dan')`); // somebody else's commit
    await until('the standby has passed it', () => standby.value<boolean>(replayed, [early]));
    await replayPaused();
    await app.query('COMMIT');
    const late = await app.value<string>('SELECT pg_current_wal_insert_lsn()');
    const tooEarly = await read(early, 50);
    const afterCommit = await read(late, 50);
    // #endregion early
    step({ who: 'App', does: `BEGIN; UPDATE … name = 'Cleo'`, result: 'position taken here' });
    step({ who: 'Standby', does: 'replays past the position, then lags' });
    step({ who: 'App', does: 'COMMIT' });
    step({
      who: 'App',
      does: 'reads with that position',
      result: `${tooEarly.name}, from the ${tooEarly.from}`,
      outcome: 'fails',
      note: 'The position is reached; the commit record behind it is not.',
    });
    step({
      who: 'App',
      does: 'reads with one taken after COMMIT',
      result: `${afterCommit.name}, from the ${afterCommit.from}`,
    });
    fact('read with a position from before the COMMIT', tooEarly.name);
    fact('read with a position from after the COMMIT', afterCommit.name);
    // The check and the read under one snapshot: the position arrives, the row does not.
    const [frozen] = await standby.sessions('Frozen');
    await frozen.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await frozen.query(replayed, [late]);
    await standby.query('SELECT pg_wal_replay_resume()');
    await until('the same transaction sees it replayed', () => frozen.value<boolean>(replayed, [late]));
    fact('read after the check, in one Repeatable Read transaction', await frozen.value<string>(name));
    await frozen.query('COMMIT');

    scene('Seconds of lag on an idle primary');
    // #region idle
    const bytes = (): Promise<number> =>
      primary.value<number>(
        `SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), replay_lsn)::bigint FROM pg_stat_replication`,
      );
    await until('the standby has everything', async () => (await bytes()) === 0);
    const seconds = `SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float8`;
    const first = await standby.value<number>(seconds);
    const later = await until('a second has passed, and the standby has everything', async () => {
      const seen = { age: await standby.value<number>(seconds), bytes: await bytes() };
      return seen.age > first + 1 && seen.bytes === 0 && seen;
    });
    // #endregion idle
    fact('bytes behind on an idle primary', later.bytes);
    fact(
      'processes that replay the log',
      await standby.value<number>(`SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'startup'`),
    );
    holds(
      'the age of the last replayed commit grows while the standby has everything',
      later.age > first + 1,
    );
    step({
      who: 'Monitor',
      does: 'now() − pg_last_xact_replay_timestamp()',
      result: 'more than a second, and growing',
      outcome: 'fails',
    });
    step({ who: 'Monitor', does: 'flushed on the primary − replayed, in bytes', result: '0' });
  },
});
