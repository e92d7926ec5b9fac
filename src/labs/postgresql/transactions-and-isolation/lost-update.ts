import { lab, type Outcome } from '#labs/index.ts';

export default lab({
  title: 'A deposit disappears at the default level',
  claim:
    'Reading, computing in the program and writing back loses an update at Read Committed; an atomic UPDATE, a row lock, a version column or Repeatable Read does not.',
  engines: ['postgres'],
  async run({ postgres, fact, scene }) {
    const db = await postgres();
    await db.query(
      'CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL, version int NOT NULL DEFAULT 1)',
    );
    const [t1, t2] = await db.sessions('T1', 'T2');
    const rows: (string | number)[][] = [];
    const reset = (): Promise<unknown> => db.query('TRUNCATE account; INSERT INTO account VALUES (1, 100)');
    const total = (): Promise<number> => db.value<number>('SELECT balance FROM account');

    // #region lost
    const read = 'SELECT balance FROM account WHERE id = 1';
    const write = (sum: number): string => `
      UPDATE account SET balance = ${sum} WHERE id = 1`;

    /** T1 deposits 10 and T2 deposits 20: read, add, write back. */
    const readThenWrite = async (level: string): Promise<string> => {
      await reset();
      await t1.does(`BEGIN ISOLATION LEVEL ${level}`);
      await t2.does(`BEGIN ISOLATION LEVEL ${level}`);
      const first = balanceIn(await t1.does(read));
      const second = balanceIn(await t2.does(read));
      await t1.does(write(first + 10));
      const waiting = await t2.waits(write(second + 20));
      await t1.does('COMMIT');
      const { tag } = await waiting.outcome();
      await t2.does(tag === '40001' ? 'ROLLBACK' : 'COMMIT');
      await t1.does(read);
      return tag;
    };
    // #endregion lost

    scene('Read Committed: T1’s deposit is lost');
    let second = await readThenWrite('READ COMMITTED');
    rows.push(['read, write back', 'Read Committed', second, await total()]);
    fact('Balance at Read Committed', await total());
    scene('Repeatable Read: the second write is refused');
    second = await readThenWrite('REPEATABLE READ');
    rows.push(['read, write back', 'Repeatable Read', second, await total()]);
    fact('SQLSTATE at Repeatable Read', second);

    scene('Read Committed, atomic: the second UPDATE waits, then adds to the new balance');
    // #region atomic
    await reset();
    await t1.does('BEGIN');
    await t1.does('UPDATE account SET balance = balance + 10 WHERE id = 1');
    const waiting = await t2.waits('UPDATE account SET balance = balance + 20 WHERE id = 1');
    await t1.does('COMMIT');
    const { tag } = await waiting.outcome('It read the row again after the wait: 110 + 20.');
    // #endregion atomic
    rows.push(['atomic UPDATE', 'Read Committed', tag, await total()]);

    await reset();
    await t1.query('BEGIN; SELECT balance FROM account WHERE id = 1 FOR UPDATE');
    await t2.query('BEGIN');
    const locked = t2.query<{ balance: number }>('SELECT balance FROM account WHERE id = 1 FOR UPDATE');
    await t1.query('UPDATE account SET balance = 110 WHERE id = 1; COMMIT');
    const [fresh] = await locked;
    const written = await t2.outcome(
      `UPDATE account SET balance = ${Number(fresh?.balance) + 20} WHERE id = 1`,
    );
    await t2.query('COMMIT');
    rows.push(['lock, read, write', 'Read Committed', written.tag, await total()]);

    await reset();
    await t1.query('UPDATE account SET balance = 110, version = 2 WHERE id = 1 AND version = 1');
    const stale = await t2.outcome(
      'UPDATE account SET balance = 120, version = 2 WHERE id = 1 AND version = 1',
    );
    rows.push(['version column', 'Read Committed', stale.tag, await total()]);

    fact('100, then deposits of 10 and 20', {
      columns: ['how', 'level', 'T2 gets', 'balance'],
      rows,
    });

    scene('The recheck can also skip a row');
    await db.query(
      'CREATE TABLE page (id int PRIMARY KEY, hits int NOT NULL); INSERT INTO page VALUES (1, 9), (2, 10)',
    );
    await t1.does('BEGIN');
    await t1.does('UPDATE page SET hits = hits + 1', { note: '9 and 10 become 10 and 11.' });
    const deletion = await t2.waits('DELETE FROM page WHERE hits = 10');
    await t1.does('COMMIT');
    const deleted = await deletion.outcome(
      'Page 2 matched the snapshot but has 11 now; page 1 has 10 now but did not match the snapshot.',
    );
    await t2.does('SELECT count(*) FROM page WHERE hits = 10');
    fact('Rows deleted though one row had 10 hits before and after', Number(deleted.tag.split(' ')[1]));
  },
});

const balanceIn = ({ rows }: Outcome): number => Number(rows[0]?.['balance']);
