import { lab, type Database, type Session } from '#labs/index.ts';

type Level = 'READ UNCOMMITTED' | 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';
type Verdict = 'happens' | 'prevented' | `ERROR ${string}`;

/** Opens a transaction at a level on each session. */
const begin = async (level: Level, ...sessions: readonly Session[]): Promise<void> => {
  for (const session of sessions) await session.query(`BEGIN ISOLATION LEVEL ${level}`);
};

/** What the two transactions did, judged: refused by the server, or the anomaly is there or not. */
const verdict = (code: string | undefined, anomaly: boolean): Verdict =>
  code ? `ERROR ${code}` : anomaly ? 'happens' : 'prevented';

async function dirtyRead(level: Level, t1: Session, t2: Session): Promise<Verdict> {
  await begin(level, t1, t2);
  await t2.query('UPDATE account SET balance = 0 WHERE id = 1');
  const seen = await t1.value('SELECT balance FROM account WHERE id = 1');
  return verdict(undefined, seen === 0);
}

async function nonRepeatableRead(level: Level, t1: Session, t2: Session): Promise<Verdict> {
  await begin(level, t1, t2);
  const first = await t1.value('SELECT balance FROM account WHERE id = 1');
  await t2.query('UPDATE account SET balance = 0 WHERE id = 1; COMMIT');
  const second = await t1.value('SELECT balance FROM account WHERE id = 1');
  return verdict(undefined, first !== second);
}

async function phantomRead(level: Level, t1: Session, t2: Session): Promise<Verdict> {
  await begin(level, t1, t2);
  const first = await t1.value('SELECT count(*) FROM account WHERE balance >= 100');
  await t2.query('INSERT INTO account VALUES (3, 100); COMMIT');
  const second = await t1.value('SELECT count(*) FROM account WHERE balance >= 100');
  return verdict(undefined, first !== second);
}

async function lostUpdate(level: Level, t1: Session, t2: Session, db: Database): Promise<Verdict> {
  await begin(level, t1, t2);
  const [first, second] = [await balanceOf(t1), await balanceOf(t2)];
  await t1.query(`UPDATE account SET balance = ${first + 10} WHERE id = 1`);
  await t1.query('COMMIT');
  const { code } = await t2.outcome(`UPDATE account SET balance = ${second + 20} WHERE id = 1`);
  await t2.query('COMMIT');
  return verdict(code, (await balanceOf(db)) === 120);
}

// #region write-skew
async function writeSkew(level: Level, t1: Session, t2: Session, db: Database): Promise<Verdict> {
  await begin(level, t1, t2);
  // The rule: both accounts together stay at 100 or more. Each transaction alone keeps it.
  const [first, second] = [await totalOf(t1), await totalOf(t2)];
  if (first - 100 >= 100) await t1.query('UPDATE account SET balance = balance - 100 WHERE id = 1');
  if (second - 100 >= 100) await t2.query('UPDATE account SET balance = balance - 100 WHERE id = 2');
  await t1.query('COMMIT');
  const { code } = await t2.outcome('COMMIT');
  return verdict(code, (await totalOf(db)) < 100);
}
// #endregion write-skew

/** A report that only reads sees a deposit, and yet the withdrawal that commits after it was decided without that deposit. */
async function readOnlyAnomaly(
  level: Level,
  t1: Session,
  t2: Session,
  db: Database,
  t3: Session,
): Promise<Verdict> {
  await db.query('UPDATE account SET balance = 0');
  await begin(level, t1, t2);
  const before = await totalOf(t1);
  await t2.query('UPDATE account SET balance = balance + 20 WHERE id = 2; COMMIT');
  await begin(level, t3);
  const report = await totalOf(t3);
  await t3.query('COMMIT');
  // Withdraw 10, and 1 more as a fee when the accounts together cannot cover it.
  const { code } = await t1.outcome(
    `UPDATE account SET balance = balance - ${before < 10 ? 11 : 10} WHERE id = 1`,
  );
  await t1.query('COMMIT');
  return verdict(code, report === 20 && (await totalOf(db)) === 9);
}

async function deadlock(level: Level, t1: Session, t2: Session): Promise<Verdict> {
  await begin(level, t1, t2);
  await t1.query('UPDATE account SET balance = 0 WHERE id = 1');
  await t2.query('UPDATE account SET balance = 0 WHERE id = 2');
  const waiting = t1.outcome('UPDATE account SET balance = 0 WHERE id = 2');
  const { code } = await t2.outcome('UPDATE account SET balance = 0 WHERE id = 1');
  await t2.query('ROLLBACK');
  const other = await waiting;
  return verdict(code ?? other.code, false);
}

const balanceOf = (who: Session | Database): Promise<number> =>
  who.value<number>('SELECT balance FROM account WHERE id = 1');
const totalOf = (who: Session | Database): Promise<number> =>
  who.value<number>('SELECT sum(balance) FROM account');

export default lab({
  title: 'Every anomaly at every level',
  claim:
    'PostgreSQL never reads dirty, has no phantoms from Repeatable Read up, and refuses write skew only at Serializable.',
  engines: ['postgres'],
  async run({ postgres, fact }) {
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
        row.push(await provoke(level, t1, t2, db, t3));
        for (const session of [t1, t2, t3]) await session.query('ROLLBACK');
      }
      rows.push(row);
    }
    fact('Anomaly by level', { columns: ['anomaly', ...levels.map(title)], rows });
    // #endregion matrix

    const inserts = [];
    for (const level of levels) {
      await db.query('TRUNCATE account; INSERT INTO account VALUES (1, 100)');
      await begin(level, t1);
      await t1.query('SELECT count(*) FROM account');
      await db.query('INSERT INTO account VALUES (2, 100)');
      const { tag, code } = await t1.outcome('INSERT INTO account VALUES (2, 0) ON CONFLICT DO NOTHING');
      const seen = code ? '–' : await t1.value<number>('SELECT count(*) FROM account WHERE id = 2');
      await t1.query('ROLLBACK');
      inserts.push([title(level), code ? `ERROR ${code}` : tag, seen === 1 ? 'seen' : String(seen)]);
    }
    fact('INSERT … ON CONFLICT DO NOTHING, key committed after the snapshot', {
      columns: ['level', 'outcome', 'row to the next SELECT'],
      rows: inserts,
    });
  },
});

/** `READ COMMITTED` as `Read Committed`. */
function title(level: Level): string {
  return level.toLowerCase().replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
