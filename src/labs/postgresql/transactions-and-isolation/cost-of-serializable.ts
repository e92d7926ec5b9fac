import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { lab, type Point, type Session } from '#labs/index.ts';

const clients = 8;
const commitsPerClient = 40;
/** What the program does between its read and its write, in milliseconds. */
const thinking = 2;

export default lab({
  title: 'What Serializable costs',
  claim:
    'Serializable pays in retries where transactions meet and next to nothing where they do not; a missing index makes strangers meet.',
  engines: ['postgres'],
  alone: true,
  async run({ postgres, fact, measure, holds, series }) {
    const db = await postgres();
    // Free space on each page keeps updates out of the indexes, as on a table that autovacuum looks after.
    await db.query(`
      CREATE TABLE account (customer int, kind int, balance int NOT NULL, PRIMARY KEY (customer, kind)) WITH (fillfactor = 50);
      INSERT INTO account SELECT c, k, 1000000 FROM generate_series(1, 5000) c, generate_series(1, 2) k;
      CREATE TABLE reading (id int PRIMARY KEY, device int NOT NULL, value int NOT NULL) WITH (fillfactor = 50);
      INSERT INTO reading SELECT g, g, 0 FROM generate_series(1, 10000) g;
      ANALYZE;
    `);

    // #region predicate
    /** Two Serializable transactions that read and write different devices: what they lock, and how the second ends. */
    const strangers = async (t1: Session, t2: Session): Promise<{ locks: string; end: string }> => {
      const sum = (device: number): string => `SELECT sum(value) FROM reading WHERE device = ${device}`;
      const write = (device: number): string =>
        `UPDATE reading SET value = value + 1 WHERE device = ${device}`;
      for (const session of [t1, t2]) await session.query('BEGIN ISOLATION LEVEL SERIALIZABLE');
      await t1.query(sum(1));
      await t2.query(sum(9000));
      const locks = await db.query<{ kind: string }>(
        `SELECT DISTINCT locktype || ' of ' || relation::regclass AS kind FROM pg_locks
         WHERE mode = 'SIReadLock' AND pid = $1 ORDER BY 1`,
        [t1.pid],
      );
      await t1.query(write(1));
      await t2.query(write(9000));
      await t1.query('COMMIT');
      const { tag } = await t2.outcome('COMMIT');
      return { locks: locks.map(({ kind }) => kind).join(', '), end: tag };
    };
    // #endregion predicate
    const [t1, t2] = await db.sessions('T1', 'T2');
    const scanned = await strangers(t1, t2);
    await db.query('CREATE INDEX reading_device ON reading (device)');
    const indexed = await strangers(t1, t2);
    fact('Two transactions on different devices', {
      columns: ['plan', 'T1’s SIRead locks', 'T2’s COMMIT'],
      rows: [
        ['sequential scan', scanned.locks, scanned.end],
        ['index on device', indexed.locks, indexed.end],
      ],
    });

    const pool = new pg.Pool({ connectionString: db.url, max: clients });
    try {
      const spread = [1, 4, 16, 64, 1024];
      const serializable: [number, Load][] = [];
      const locking: [number, Load][] = [];
      await load(pool, 'serializable', 1024); // warms connections and caches; not recorded
      for (const customers of spread) {
        serializable.push([customers, await load(pool, 'serializable', customers)]);
        locking.push([customers, await load(pool, 'locking', customers)]);
      }
      const points = (list: [number, Load][], value: (load: Load) => number): Point[] =>
        list.map(([customers, run]) => [String(customers), value(run)]);
      series('Attempts per commit', {
        x: 'customers that 8 clients withdraw from',
        y: 'attempts per commit',
        points: {
          'Serializable with retry': points(serializable, (run) => run.attempts / run.commits),
          'Read Committed with FOR UPDATE': points(locking, (run) => run.attempts / run.commits),
        },
      });
      series('Commits per second', {
        x: 'customers that 8 clients withdraw from',
        y: 'commits',
        unit: '/s',
        points: {
          'Serializable with retry': points(serializable, (run) => run.commits / run.seconds),
          'Read Committed with FOR UPDATE': points(locking, (run) => run.commits / run.seconds),
        },
      });
      const [hot, cold] = [serializable.at(0)?.[1], serializable.at(-1)?.[1]];
      const hotLocked = locking.at(0)?.[1];
      if (!hot || !cold || !hotLocked) throw new Error('Nothing was measured.');
      measure('Attempts per commit, all on one customer', hot.attempts / hot.commits, '');
      measure('Attempts per commit, spread over 1,024 customers', cold.attempts / cold.commits, '');
      measure('Commits per second on one customer, Serializable', hot.commits / hot.seconds, 'commits/s');
      measure(
        'Commits per second on one customer, locked',
        hotLocked.commits / hotLocked.seconds,
        'commits/s',
      );
      holds('on one customer at least one commit in five is retried', hot.attempts / hot.commits > 1.2);
      holds(
        'spread over 1,024 customers fewer than one commit in five is retried',
        cold.attempts / cold.commits < 1.2,
      );
      holds(
        'with row locks nothing is retried',
        locking.every(([, run]) => run.attempts === run.commits),
      );
    } finally {
      await pool.end();
    }
  },
});

interface Load {
  readonly commits: number;
  readonly attempts: number;
  readonly seconds: number;
}

/** Withdrawals by several clients at once from so many customers; each may go below zero on one account, not on the sum. */
async function load(pool: pg.Pool, how: 'serializable' | 'locking', customers: number): Promise<Load> {
  let attempts = 0;
  const started = performance.now();
  const client = async (): Promise<void> => {
    const connection = await pool.connect();
    for (let done = 0; done < commitsPerClient; done++) {
      const customer = 1 + Math.floor(Math.random() * customers);
      const kind = 1 + Math.floor(Math.random() * 2);
      for (let attempt = 1; ; attempt++) {
        attempts++;
        if (await withdraw(connection, how === 'locking', customer, kind)) break;
        await sleep(Math.random() * Math.min(100, 2 * 2 ** attempt));
      }
    }
    connection.release();
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { commits: clients * commitsPerClient, attempts, seconds: (performance.now() - started) / 1000 };
}

interface Row {
  readonly balance: number;
}

const select = 'SELECT balance FROM account WHERE customer = $1 ORDER BY kind';
const update = `UPDATE account SET balance = balance - 10
                WHERE customer = $1 AND kind = $2`;

/** One attempt: true when committed, false when the server asks for another. */
async function withdraw(
  connection: pg.PoolClient,
  locking: boolean,
  customer: number,
  kind: number,
): Promise<boolean> {
  const level = locking ? 'READ COMMITTED' : 'SERIALIZABLE';
  const lock = locking ? 'FOR UPDATE' : '';
  // #region withdraw
  try {
    await connection.query(`BEGIN ISOLATION LEVEL ${level}`);
    const read = `${select} ${lock}`;
    const { rows } = await connection.query<Row>(read, [customer]);
    await sleep(thinking);
    const total = rows.reduce((sum, { balance }) => sum + balance, 0);
    if (total >= 10) await connection.query(update, [customer, kind]);
    await connection.query('COMMIT');
    return true;
  } catch (error) {
    await connection.query('ROLLBACK');
    const code = error instanceof pg.DatabaseError ? error.code : '';
    if (code === '40001') return false;
    throw error;
  }
  // #endregion withdraw
}
