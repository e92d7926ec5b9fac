import { lab, type Database, type Outcome, type Session } from '#labs/index.ts';

type Level = 'READ UNCOMMITTED' | 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';
type Verdict = 'happens' | 'prevented' | `ERROR ${string}`;

interface Stage {
  readonly level: Level;
  readonly t1: Session;
  readonly t2: Session;
  readonly t3: Session;
  readonly db: Database;
  /** Whether the steps stand on the page. */
  readonly traced: boolean;
}
/** Tries to make an anomaly happen at a level, starting from accounts 1 and 2 with 100 each. */
type Provoke = (stage: Stage) => Promise<Verdict>;

/** Opens a transaction at a level on each session. */
const begin = async (level: Level, ...sessions: readonly Session[]): Promise<void> => {
  for (const session of sessions) await session.query(`BEGIN ISOLATION LEVEL ${level}`);
};

/** What the two transactions did, judged: refused by the server, or the anomaly is there or not. */
const verdict = (code: string | undefined, anomaly: boolean): Verdict =>
  code ? `ERROR ${code}` : anomaly ? 'happens' : 'prevented';

const dirtyRead: Provoke = async ({ level, t1, t2 }) => {
  await begin(level, t1, t2);
  await t2.query('UPDATE account SET balance = 0 WHERE id = 1');
  const seen = await t1.value('SELECT balance FROM account WHERE id = 1');
  return verdict(undefined, seen === 0);
};

const nonRepeatableRead: Provoke = async ({ level, t1, t2 }) => {
  await begin(level, t1, t2);
  const first = await t1.value('SELECT balance FROM account WHERE id = 1');
  await t2.query('UPDATE account SET balance = 0 WHERE id = 1; COMMIT');
  const second = await t1.value('SELECT balance FROM account WHERE id = 1');
  return verdict(undefined, first !== second);
};

const phantomRead: Provoke = async ({ level, t1, t2 }) => {
  await begin(level, t1, t2);
  const first = await t1.value('SELECT count(*) FROM account WHERE balance >= 100');
  await t2.query('INSERT INTO account VALUES (3, 100); COMMIT');
  const second = await t1.value('SELECT count(*) FROM account WHERE balance >= 100');
  return verdict(undefined, first !== second);
};

const lostUpdate: Provoke = async ({ level, t1, t2, db }) => {
  await begin(level, t1, t2);
  const [first, second] = [await balanceOf(t1), await balanceOf(t2)];
  await t1.query(`UPDATE account SET balance = ${first + 10} WHERE id = 1`);
  await t1.query('COMMIT');
  const { code } = await t2.outcome(`UPDATE account SET balance = ${second + 20} WHERE id = 1`);
  await t2.query('COMMIT');
  return verdict(code, (await balanceOf(db)) === 120);
};

const writeSkew: Provoke = async ({ level, t1, t2, db }) => {
  const withdraw = 'UPDATE account SET balance = balance - 100 WHERE id = $1';
  await begin(level, t1, t2);
  // The rule: both accounts together stay at 100 or more.
  const [first, second] = [await totalOf(t1), await totalOf(t2)];
  if (first - 100 >= 100) await t1.query(withdraw, [1]);
  if (second - 100 >= 100) await t2.query(withdraw, [2]);
  await t1.query('COMMIT');
  const { code } = await t2.outcome('COMMIT');
  return verdict(code, (await totalOf(db)) < 100);
};

/**
 * Both accounts are empty. T1 withdraws 10, with a fee of 1 if they do not cover it; T2 deposits 20; T3 only reads.
 * The report shows the deposit without the withdrawal, so the deposit came first, so no fee was due; and yet it was taken.
 */
// #region read-only
const readOnlyAnomaly: Provoke = async ({ level, t1, t2, t3, db, traced }) => {
  const run = (who: Session, sql: string, note?: string): Promise<Outcome> =>
    traced ? who.does(sql, note ? { note } : {}) : who.outcome(sql);
  const total = 'SELECT sum(balance) FROM account';
  const begins = `BEGIN ISOLATION LEVEL ${level}`;
  await db.query('UPDATE account SET balance = 0');
  await run(t1, begins);
  const before = sumIn(await run(t1, total, 'Nothing there, so a fee of 1 is due.'));
  await run(t2, begins);
  await run(t2, 'UPDATE account SET balance = balance + 20 WHERE id = 2');
  await run(t2, 'COMMIT');
  await run(t3, begins);
  const report = sumIn(await run(t3, total, 'A report: the deposit came before the withdrawal.'));
  await run(t3, 'COMMIT');
  const fee = before < 10 ? 1 : 0;
  const { code } = await run(t1, `UPDATE account SET balance = balance - ${10 + fee} WHERE id = 1`);
  await run(t1, code ? 'ROLLBACK' : 'COMMIT');
  return verdict(code, report === 20 && (await totalOf(db)) === 9);
};
// #endregion read-only

const deadlock: Provoke = async ({ level, t1, t2 }) => {
  await begin(level, t1, t2);
  await t1.query('UPDATE account SET balance = 0 WHERE id = 1');
  await t2.query('UPDATE account SET balance = 0 WHERE id = 2');
  const waiting = t1.outcome('UPDATE account SET balance = 0 WHERE id = 2');
  const { code } = await t2.outcome('UPDATE account SET balance = 0 WHERE id = 1');
  await t2.query('ROLLBACK');
  const other = await waiting;
  return verdict(code ?? other.code, false);
};

const balanceOf = (who: Session | Database): Promise<number> =>
  who.value<number>('SELECT balance FROM account WHERE id = 1');
const sumIn = ({ rows }: Outcome): number => Number(rows[0]?.['sum']);
const totalOf = (who: Session | Database): Promise<number> =>
  who.value<number>('SELECT sum(balance) FROM account');

export default lab({
  title: 'Every anomaly at every level',
  claim:
    'PostgreSQL never reads dirty, has no phantoms from Repeatable Read up, and refuses write skew only at Serializable.',
  engines: ['postgres'],
  async run({ postgres, fact, scene }) {
    const db = await postgres();
    await db.query('CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)');
    const [t1, t2, t3] = await db.sessions('T1', 'T2', 'T3');
    // The default of one second would only make this lab slower; who is the victim does not matter here.
    for (const session of [t1, t2]) await session.query(`SET deadlock_timeout = '20ms'`);

    // #region matrix
    const levels = ['READ UNCOMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const;
    const anomalies = {
      'dirty read': dirtyRead,
      'non-repeatable read': nonRepeatableRead,
      'phantom read': phantomRead,
      'lost update': lostUpdate,
      'write skew': writeSkew,
      'read-only anomaly': readOnlyAnomaly,
      deadlock,
    };
    const rows: string[][] = [];
    for (const [name, provoke] of Object.entries(anomalies)) {
      const row = [name];
      for (const level of levels) {
        await db.query('TRUNCATE account; INSERT INTO account VALUES (1, 100), (2, 100)');
        // The other anomalies have a lab of their own with their steps.
        const traced =
          provoke === readOnlyAnomaly && level !== 'READ UNCOMMITTED' && level !== 'READ COMMITTED';
        if (traced) scene(`The read-only anomaly at ${title(level)}`);
        row.push(await provoke({ level, t1, t2, t3, db, traced }));
        for (const session of [t1, t2, t3]) await session.query('ROLLBACK');
      }
      rows.push(row);
    }
    fact('Anomaly by level', { columns: ['anomaly', ...levels.map(title)], rows });
    // #endregion matrix

    // #region insert
    const inserts: string[][] = [];
    for (const level of levels) {
      const row = [title(level)];
      for (const [first, onConflict] of [
        ['SELECT 1', ''],
        ['SELECT FROM account WHERE id = 2', ''],
        ['SELECT 1', 'ON CONFLICT DO NOTHING'],
      ] as const) {
        await db.query('TRUNCATE account; INSERT INTO account VALUES (1, 100)');
        await begin(level, t1, t2);
        for (const session of [t1, t2]) await session.query(first);
        await t2.query('INSERT INTO account VALUES (2, 100); COMMIT');
        const insert = `INSERT INTO account VALUES (2, 0) ${onConflict}`;
        const { tag, code } = await t1.outcome(insert);
        await t1.query('ROLLBACK');
        row.push(code ? `ERROR ${code}` : tag);
      }
      inserts.push(row);
    }
    fact('INSERT of a key that the other transaction has just committed', {
      columns: ['level', 'plain', 'plain, both looked first', 'ON CONFLICT DO NOTHING'],
      rows: inserts,
    });
    // #endregion insert
  },
});

/** `READ COMMITTED` as `Read Committed`. */
function title(level: Level): string {
  return level.toLowerCase().replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
