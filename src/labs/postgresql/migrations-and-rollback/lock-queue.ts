import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { lab } from '#labs/index.ts';

/** How patient a migration is; times in milliseconds. */
interface Patience {
  readonly lockTimeout?: number;
  readonly pause?: number;
  readonly attempts?: number;
  readonly onRefusal?: (attempt: number) => unknown;
}

// #region migrate
/** One schema change in its own transaction. Returns the attempt that succeeded. */
async function migrate(db: pg.ClientBase, change: string, patience: Patience) {
  const { lockTimeout = 50, pause = 1000, attempts = 30 } = patience;
  for (let attempt = 1; ; attempt++) {
    try {
      await db.query('BEGIN');
      await db.query(`SET LOCAL lock_timeout = ${lockTimeout}`);
      await db.query(change);
      await db.query('COMMIT');
      return attempt;
    } catch (error) {
      await db.query('ROLLBACK');
      const code = error instanceof pg.DatabaseError ? error.code : undefined;
      if (code !== '55P03' || attempt === attempts) throw error;
      await patience.onRefusal?.(attempt);
      await sleep(pause * (0.5 + Math.random())); // the queue drains
    }
  }
}
// #endregion migrate

export default lab({
  title: 'An ALTER that waits blocks every reader behind it',
  claim:
    'A queued ALTER TABLE stops SELECTs that the running transaction would not stop, until the pool is empty; lock_timeout takes it out of the queue and a retry finds the gap. Behind autovacuum it finds none unless deadlock_timeout is shorter still.',
  engines: ['postgres'],
  async run({ postgres, fact, measure, scene, step, until, defer }) {
    const db = await postgres();
    await db.query(
      'CREATE TABLE orders (id int PRIMARY KEY, total int); INSERT INTO orders VALUES (1, 40), (2, 60)',
    );
    const [report, migration, app] = await db.sessions('Report', 'Migration', 'App');
    const alter = 'ALTER TABLE orders ADD COLUMN note text';
    const page = 'SELECT total FROM orders WHERE id = 1';

    scene('Without lock_timeout');
    // #region queue
    await report.does('BEGIN');
    await report.does('SELECT sum(total) FROM orders', { note: 'Holds ACCESS SHARE until it ends.' });
    const altering = await migration.waits(alter, { note: 'Wants ACCESS EXCLUSIVE and queues for it.' });
    const reading = await app.waits(page, { note: 'Agrees with the report, not with the lock ahead of it.' });
    // #endregion queue
    // #region pool
    const pool = new pg.Pool({ connectionString: db.url, max: 10 });
    defer(() => pool.end());
    const requests = Array.from({ length: 10 }, () => pool.query(page));
    await until('ten requests wait for the lock', async () => {
      const waiting = await db.query(
        `SELECT 1 FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = ''`,
      );
      return waiting.length === 10;
    });
    const unrelated = pool.query('SELECT 1'); // a health check: it reads no table
    // #endregion pool
    fact('Connections of the pool', pool.totalCount);
    fact('Idle connections of the pool', pool.idleCount);
    fact('Requests that reach no connection, though they read no table', pool.waitingCount);
    step({
      who: 'App',
      does: 'ten more requests for orders, then SELECT 1',
      result: 'no connection is free',
      outcome: 'waits',
      note: 'The pool of ten is used up: the whole service is down, not one page of it.',
    });
    await report.does('COMMIT');
    await altering.outcome('It had nothing to do but wait.');
    await reading.outcome();
    fact('Requests answered once the report ended', (await Promise.all([...requests, unrelated])).length);
    await db.query('ALTER TABLE orders DROP COLUMN note');

    scene('With lock_timeout');
    // #region timeout
    await report.does('BEGIN');
    await report.does('SELECT sum(total) FROM orders');
    await migration.does(`SET lock_timeout = '1s'`);
    const giving = await migration.waits(alter);
    const stalled = performance.now();
    const held = await app.waits(page);
    const refusal = await giving.outcome('Leaves the queue.');
    await held.outcome('Answered while the report still runs.');
    // #endregion timeout
    measure('The reader’s wait with a lock_timeout of 1 s', performance.now() - stalled, 'ms');
    fact('The ALTER ends with', refusal.tag);
    const busy = await db.value<string>('SELECT state FROM pg_stat_activity WHERE pid = $1', [report.pid]);
    fact('State of the report at that moment', busy);

    scene('With the retry loop');
    // #region retry
    const start = performance.now();
    const attempt = await migrate(migration.client, alter, {
      pause: 50,
      onRefusal: async (refused) => {
        step({
          who: 'Migration',
          does: alter,
          result: 'ERROR 55P03',
          outcome: 'fails',
          note: `Attempt ${refused}.`,
        });
        await app.does(page, { note: 'Between two attempts the readers get through.' });
        if (refused === 2) await report.does('COMMIT');
      },
    });
    step({ who: 'Migration', does: alter, note: `Attempt ${attempt}: nobody is in the way.` });
    // #endregion retry
    measure('Three attempts', performance.now() - start, 'ms');
    fact('Attempts until the change was made', attempt);

    scene('A lock is kept until COMMIT');
    // #region kept
    await migration.does('BEGIN');
    await migration.does('ALTER TABLE orders ADD COLUMN paid boolean', {
      note: 'Touches the catalogue only.',
    });
    await migration.does('UPDATE orders SET paid = false', {
      note: 'Every row, and the lock of the ALTER stays.',
    });
    await app.query(`SET lock_timeout = '200ms'`);
    const during = await app.does(page, { note: 'Stopped by the ALTER, which finished a statement ago.' });
    await migration.does('COMMIT');
    const after = await app.does(page);
    // #endregion kept
    fact('A reader while ALTER and UPDATE share a transaction', during.tag);
    fact('A reader after its COMMIT', after.tag);

    scene('Behind autovacuum');
    // A slow autovacuum that starts at once, as it would run for an hour on a large table.
    const server = await postgres.instance({
      autovacuum: true,
      autovacuum_naptime: '1s',
      autovacuum_vacuum_cost_delay: '100ms',
      autovacuum_vacuum_cost_limit: 1,
    });
    const vacuumed = await server.database();
    await vacuumed.query(`
      CREATE ROLE migrator;
      CREATE TABLE orders (id int PRIMARY KEY, total int) WITH (fillfactor = 10);
      INSERT INTO orders SELECT g, g FROM generate_series(1, 20000) g;
      DELETE FROM orders WHERE id % 2 = 0;
    `);
    const role = await vacuumed.session('Migration');
    // #region autovacuum
    const attemptWith = async (settings: string): Promise<string> => {
      await until('autovacuum works on the table', () =>
        vacuumed.value<boolean>(
          `SELECT EXISTS (SELECT FROM pg_stat_progress_vacuum WHERE relid = 'orders'::regclass)`,
        ),
      );
      await role.query(`BEGIN; ${settings}`);
      const { tag } = await role.does(alter, { note: settings });
      await role.query('ROLLBACK');
      return tag;
    };
    const short = `SET LOCAL lock_timeout = '200ms'`;
    const outcomes = [
      ['lock_timeout 200 ms', await attemptWith(short)],
      ['lock_timeout 200 ms, again', await attemptWith(short)],
      [
        'lock_timeout 200 ms, deadlock_timeout 20 ms',
        await attemptWith(`${short}; SET LOCAL deadlock_timeout = '20ms'`),
      ],
    ];
    // #endregion autovacuum
    fact('ALTER TABLE while autovacuum runs', { columns: ['with', 'outcome'], rows: outcomes });
    const cancelled = /canceling autovacuum task/;
    await until('the log names the cancelled vacuum', () => cancelled.test(server.log));
    fact('Default of deadlock_timeout', await db.value<string>('SHOW deadlock_timeout'));
    await role.query('SET ROLE migrator');
    const unprivileged = await role.outcome(`SET deadlock_timeout = '20ms'`);
    await vacuumed.query('GRANT SET ON PARAMETER deadlock_timeout TO migrator');
    const granted = await role.outcome(`SET deadlock_timeout = '20ms'`);
    fact('SET deadlock_timeout by a role that is no superuser', unprivileged.tag);
    fact('and after GRANT SET ON PARAMETER', granted.tag);
  },
});
