import { lab } from '#labs/index.ts';

export default lab({
  title: 'Two pods run the migrations at start',
  claim:
    'A pod that waits in pg_advisory_lock is an older transaction to CREATE INDEX CONCURRENTLY, so the lock that should keep migrations apart ends the build in a deadlock; pg_try_advisory_lock does not.',
  engines: ['postgres'],
  async run({ postgres, fact, scene }) {
    const db = await postgres();
    await db.query(`
      CREATE TABLE account (id int PRIMARY KEY, email text NOT NULL);
      INSERT INTO account SELECT g, 'a' || g || '@example.org' FROM generate_series(1, 1000) g;
    `);
    const [pod1, pod2] = await db.sessions('Pod 1', 'Pod 2');
    const create = 'CREATE INDEX CONCURRENTLY account_email ON account (email)';
    const state = async (): Promise<[ready: boolean, valid: boolean]> => {
      const [index] = await db.query<{ ready: boolean; valid: boolean }>(
        `SELECT indisready AS ready, indisvalid AS valid FROM pg_index
          WHERE indexrelid = 'account_email'::regclass`,
      );
      return [index?.ready ?? false, index?.valid ?? false];
    };

    scene('The second pod waits in pg_advisory_lock');
    // A waiting session looks for a deadlock once, after deadlock_timeout (1 s). Pod 2 stands for one whose look is over.
    await pod2.query(`SET deadlock_timeout = '1h'`);
    // #region waits
    const lock = 'SELECT true AS mine FROM pg_advisory_lock(18)';
    await pod1.does(lock);
    const waiting = await pod2.waits(lock, {
      note: 'A statement that runs has a snapshot.',
    });
    const blocked = await pod1.does(create, {
      note: 'It waits for the snapshot of Pod 2, which waits for Pod 1.',
    });
    // #endregion waits
    const left = await state();
    await pod1.does('SELECT pg_advisory_unlock(18) AS released');
    await waiting.outcome();
    await pod2.does(create.replace('CONCURRENTLY', 'CONCURRENTLY IF NOT EXISTS'), {
      note: 'Pod 2 runs the same file and finds the index there.',
    });
    const [, believed] = await state();
    await pod2.does('SELECT pg_advisory_unlock(18) AS released');

    scene('The second pod asks with pg_try_advisory_lock');
    await db.query('DROP INDEX account_email');
    // #region asks
    await pod1.does('SELECT pg_try_advisory_lock(18) AS mine');
    await pod2.does('SELECT pg_try_advisory_lock(18) AS mine', {
      note: 'Answers at once; the pod sleeps and asks again.',
    });
    const built = await pod1.does(create);
    await pod1.does('SELECT pg_advisory_unlock(18) AS released');
    await pod2.does('SELECT pg_try_advisory_lock(18) AS mine', { note: 'And finds nothing left to do.' });
    // #endregion asks
    fact('The build of Pod 1', {
      columns: ['Pod 2 uses', 'CREATE INDEX CONCURRENTLY ends with', 'ready', 'valid'],
      rows: [
        ['pg_advisory_lock', blocked.tag, ...left],
        ['pg_try_advisory_lock', built.tag, ...(await state())],
      ],
    });
    fact('Valid after Pod 2 ran it again with IF NOT EXISTS', believed);
  },
});
