import pg from 'pg';
import { lab } from '#labs/index.ts';

export default lab({
  title: 'CREATE INDEX CONCURRENTLY and what it leaves behind',
  claim:
    'A concurrent build stops no writer but waits for every older snapshot; when it fails it leaves an invalid index, which IF NOT EXISTS takes for done and which may tax every write.',
  engines: ['postgres'],
  async run({ postgres, fact, scene }) {
    const db = await postgres();
    await db.query(`
      CREATE TABLE other (id int);
      CREATE TABLE account (id int PRIMARY KEY, email text NOT NULL);
      INSERT INTO account SELECT g, 'a' || g || '@example.org' FROM generate_series(1, 20000) g;
      ANALYZE account;
    `);
    const [report, migration, app] = await db.sessions('Report', 'Migration', 'App');
    const create = 'CREATE UNIQUE INDEX CONCURRENTLY account_email ON account (email)';

    // #region state
    /** The index as the catalogue has it: `ready` means that writes maintain it, `valid` that plans may use it. */
    const state = async (): Promise<{ ready: boolean; valid: boolean; bytes: number }> => {
      const [found] = await db.query<{ ready: boolean; valid: boolean; bytes: number }>(
        `SELECT indisready AS ready, indisvalid AS valid, pg_relation_size(indexrelid) AS bytes
           FROM pg_index WHERE indexrelid = to_regclass('account_email')`,
      );
      return found ?? { ready: false, valid: false, bytes: 0 };
    };
    // #endregion state
    let next = 100_000;
    /** What a failed build left: its two marks in the catalogue, and how it behaves when rows are written. */
    const leftover = async (failure: string, code: string): Promise<(string | boolean)[]> => {
      const { ready, valid, bytes } = await state();
      await app.query(
        `INSERT INTO account SELECT g, 'b' || g || '@example.org' FROM generate_series($1::int, $1 + 9999) g`,
        [(next += 10_000)],
      );
      const grows = (await state()).bytes > bytes;
      const duplicate = await app.outcome(`INSERT INTO account VALUES ($1, 'a3@example.org')`, [
        (next += 10_000),
      ]);
      return [failure, code, ready, valid, grows, duplicate.tag];
    };

    scene('It waits for older snapshots, and stops no writer');
    // #region passes
    await report.does('BEGIN');
    await report.does('INSERT INTO other VALUES (1)', {
      note: 'Read Committed: between statements it has no snapshot.',
    });
    await migration.does(create, { note: 'Waits for nobody.' });
    await report.does('COMMIT');
    // #endregion passes
    await db.query('DROP INDEX account_email');
    // #region waits
    await report.does('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await report.does('SELECT count(*) FROM other', { note: 'Another table, but an old snapshot.' });
    const building = await migration.waits(create);
    const meanwhile = await app.does(`UPDATE account SET email = 'a0@example.org' WHERE id = 1`, {
      note: 'A plain CREATE INDEX would make this wait.',
    });
    // #endregion waits
    fact('UPDATE during the build', meanwhile.tag);
    const held = await db.query<{ mode: string }>(
      `SELECT mode FROM pg_locks WHERE pid = $1 AND relation = 'account'::regclass`,
      [migration.pid],
    );
    fact('Locks on the table while it waits', held.map(({ mode }) => mode).join());
    await report.does('COMMIT');
    await building.outcome();
    fact('Valid after the older snapshot has gone', (await state()).valid);
    await db.query('DROP INDEX account_email');

    const left: (string | boolean)[][] = [];

    scene('It fails: a duplicate');
    // #region duplicate
    await db.query(`INSERT INTO account VALUES (20001, 'a2@example.org')`);
    const unique = await migration.does(create);
    await migration.does(create.replace('CONCURRENTLY', 'CONCURRENTLY IF NOT EXISTS'), {
      note: 'The file is run again, “succeeds”, and changes nothing.',
    });
    // #endregion duplicate
    fact('Valid after a second run with IF NOT EXISTS', (await state()).valid);
    left.push(await leftover('duplicate in the table', unique.tag));

    scene('It fails: lock_timeout');
    await db.query(`DROP INDEX account_email; DELETE FROM account WHERE id > 20000`);
    // #region timeout
    await report.does('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await report.does('SELECT count(*) FROM other');
    await migration.does(`SET lock_timeout = '200ms'`);
    const gaveUp = await migration.does(create, {
      note: 'The wait for the older snapshot is a lock wait too.',
    });
    await report.does('COMMIT');
    // #endregion timeout
    left.push(await leftover('lock_timeout while an older snapshot is held', gaveUp.tag));
    scene('It fails: a second pod waits in pg_advisory_lock');
    await migration.query('RESET lock_timeout');
    await db.query('DROP INDEX account_email; DELETE FROM account WHERE id > 20000');
    const pod2 = await db.session('Pod 2');
    // A waiting session looks for a deadlock once, after deadlock_timeout (1 s). Pod 2 stands for one whose look is over.
    await pod2.query(`SET deadlock_timeout = '1h'`);
    // #region pods
    const lock = 'SELECT true AS mine FROM pg_advisory_lock(18)';
    await migration.does(lock, { note: 'Pod 1 runs the migrations.' });
    const queued = await pod2.waits(lock, { note: 'A statement that runs has a snapshot.' });
    const deadlock = await migration.does(create, {
      note: 'Waits for the snapshot of Pod 2, which waits for Pod 1.',
    });
    // #endregion pods
    await migration.query('SELECT pg_advisory_unlock(18)');
    await queued.outcome('Pod 2 goes on, and IF NOT EXISTS would find the index there.');
    await pod2.query('SELECT pg_advisory_unlock(18)');
    left.push(await leftover('another pod waits in pg_advisory_lock', deadlock.tag));
    fact('What a failed build leaves', {
      columns: ['failure', 'SQLSTATE', 'ready', 'valid', 'grows with writes', 'INSERT of a duplicate'],
      rows: left,
    });
    const lookUp = `SELECT id FROM account WHERE email = 'a5@example.org'`;
    await db.query('ANALYZE account');
    fact('Plan with the invalid index', (await db.explain(lookUp)).nodes.join(' · '));

    scene('Find it, drop it, build it again');
    // #region mend
    await migration.does('SELECT indexrelid::regclass::text AS index FROM pg_index WHERE NOT indisvalid', {
      note: 'The check after every migration, and an alert.',
    });
    await migration.does('SET lock_timeout = 0', {
      note: 'A concurrent statement blocks no query while it waits.',
    });
    await migration.does('DROP INDEX CONCURRENTLY account_email');
    await db.query(`DELETE FROM account WHERE id > 20000`);
    await migration.does(create);
    // #endregion mend
    fact('Valid after the second build', (await state()).valid);
    fact('Plan with the valid index', (await db.explain(lookUp)).nodes.join(' · '));

    fact(
      'CREATE INDEX CONCURRENTLY inside a transaction ends with',
      await refusal(migration.client, `BEGIN; ${create}`),
    );
    await migration.query('ROLLBACK');
  },
});

/** The SQLSTATE with which a statement is refused, or `succeeds`. */
async function refusal(client: pg.ClientBase, sql: string): Promise<string> {
  try {
    await client.query(sql);
    return 'succeeds';
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code !== undefined) return error.code;
    throw error;
  }
}
