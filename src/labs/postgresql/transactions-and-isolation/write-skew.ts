import { lab, type Outcome, type Session } from '#labs/index.ts';

export default lab({
  title: 'Write skew: two right decisions, one broken rule',
  claim:
    'Two transactions that each keep the rule commit together below Serializable and break it, even as single statements; Serializable refuses one with 40001 if both are Serializable and what they read is watched.',
  engines: ['postgres'],
  async run({ postgres, fact, scene }) {
    const db = await postgres();
    await db.query('CREATE TABLE doctor (name text PRIMARY KEY, on_call boolean NOT NULL)');
    await db.query(`INSERT INTO doctor VALUES ('alice', true), ('bob', true)`);
    const [alice, bob] = await db.sessions('Alice', 'Bob');
    const onCall = (): Promise<number> => db.value<number>('SELECT count(*) FROM doctor WHERE on_call');
    const reset = (): Promise<unknown> => db.query('UPDATE doctor SET on_call = true');

    // #region skew
    const check = 'SELECT count(*) FROM doctor WHERE on_call';
    const leave = (name: string): string => `
      UPDATE doctor SET on_call = false WHERE name = '${name}'`;

    /** Both ask to go off call. The rule: one doctor must stay. */
    const bothLeave = async (one: string, other = one): Promise<Outcome> => {
      await reset();
      await alice.does(`BEGIN ISOLATION LEVEL ${one}`);
      await bob.does(`BEGIN ISOLATION LEVEL ${other}`);
      await alice.does(check, { note: 'Two, so Alice may leave.' });
      await bob.does(check, { note: 'Two, so Bob may leave.' });
      await alice.does(leave('alice'));
      await bob.does(leave('bob'), { note: 'Another row: nothing to wait for.' });
      await alice.does('COMMIT');
      const outcome = await bob.does('COMMIT');
      await alice.does(check);
      return outcome;
    };
    // #endregion skew

    scene('Repeatable Read: both commit, nobody is on call');
    await bothLeave('REPEATABLE READ');
    fact('On call after Repeatable Read', await onCall());

    scene('Serializable: the second COMMIT is refused');
    const refused = await bothLeave('SERIALIZABLE');
    fact('SQLSTATE at Serializable', refused.tag);
    fact('The server’s message', refused.message ?? '');
    fact('On call after Serializable', await onCall());

    scene('One of the two at Repeatable Read: Serializable does not help');
    await bothLeave('SERIALIZABLE', 'REPEATABLE READ');
    fact('On call when only Alice is Serializable', await onCall());

    scene('Read Committed, check and write in one statement: nobody is on call');
    // #region subquery
    await reset();
    const leaveIfTwo = (name: string): string => `
      UPDATE doctor SET on_call = false WHERE name = '${name}'
        AND (SELECT count(*) FROM doctor WHERE on_call) > 1`;
    await alice.does('BEGIN');
    await bob.does('BEGIN');
    await alice.does(leaveIfTwo('alice'));
    await bob.does(leaveIfTwo('bob'), { note: 'The count does not see what Alice has not committed.' });
    await alice.does('COMMIT');
    await bob.does('COMMIT');
    // #endregion subquery
    fact('On call after the check in the same statement', await onCall());

    scene('Read Committed, with the rows locked: the second one waits, then sees one');
    // #region locked
    await reset();
    const lock = 'SELECT name FROM doctor WHERE on_call ORDER BY name FOR UPDATE';
    await alice.does('BEGIN');
    await bob.does('BEGIN');
    await alice.does(lock);
    const waiting = await bob.waits(lock);
    await alice.does(`UPDATE doctor SET on_call = false WHERE name = 'alice'`);
    await alice.does('COMMIT');
    const seen = await waiting.outcome('Only Bob is left, so he stays.');
    await bob.does('ROLLBACK');
    // #endregion locked
    fact('Rows Bob’s lock returned', seen.rows.length);
    fact('On call after locking the rows', await onCall());

    scene('A rule that is a constraint holds at the default level');
    // #region constraint
    await db.query(`
      CREATE EXTENSION btree_gist;
      CREATE TABLE booking (
        room int,
        during tsrange,
        PRIMARY KEY (room, during WITHOUT OVERLAPS)
      )`);
    const book = (from: number, to: number): string => `
      INSERT INTO booking
      VALUES (7, '[2026-12-01 ${from}:00, 2026-12-01 ${to}:00)')`;
    await alice.does('BEGIN');
    await bob.does('BEGIN');
    await alice.does(book(10, 12));
    const booking = await bob.waits(book(11, 13), {
      note: 'The row is not visible to Bob, and the index knows it.',
    });
    await alice.does('COMMIT');
    const overlap = await booking.outcome();
    await bob.does('ROLLBACK');
    // #endregion constraint
    fact('SQLSTATE of the overlapping booking at Read Committed', overlap.tag);

    fact('Where the error is raised', {
      columns: ['order', 'refused statement', 'SQLSTATE'],
      rows: [await refusedAt('late', reset, alice, bob), await refusedAt('early', reset, alice, bob)],
    });

    scene('Serializable, looking by ON CONFLICT: the read is not watched, both commit');
    // #region unwatched
    /** Each removes itself if the other is there. How they look decides whether Serializable can protect the rule. */
    const bothGo = async (look: (name: string) => string): Promise<string> => {
      await reset();
      for (const doctor of [alice, bob]) await doctor.does('BEGIN ISOLATION LEVEL SERIALIZABLE');
      await alice.does(look('bob'));
      await bob.does(look('alice'));
      await alice.does(`DELETE FROM doctor WHERE name = 'alice'`);
      await bob.does(`DELETE FROM doctor WHERE name = 'bob'`);
      await alice.does('COMMIT');
      return (await bob.does('COMMIT')).tag;
    };
    const ensure = (name: string): string => `
      INSERT INTO doctor VALUES ('${name}', true) ON CONFLICT DO NOTHING`;
    const select = (name: string): string => `
      SELECT name FROM doctor WHERE name = '${name}'`;
    // #endregion unwatched
    const unwatched = ['INSERT … ON CONFLICT DO NOTHING', await bothGo(ensure), await onCall()];
    await db.query(`TRUNCATE doctor; INSERT INTO doctor VALUES ('alice', true), ('bob', true)`);
    scene('Serializable, looking by SELECT: one is refused');
    const watched = ['SELECT', await bothGo(select), await onCall()];
    await db.query(`TRUNCATE doctor; INSERT INTO doctor VALUES ('alice', true), ('bob', true)`);
    fact('How each looked at the other’s row, both at Serializable', {
      columns: ['how', 'Bob’s COMMIT', 'doctors left'],
      rows: [unwatched, watched],
    });

    scene('COMMIT can succeed and roll back');
    await reset();
    await alice.query(`BEGIN; UPDATE doctor SET on_call = false WHERE name = 'alice'`);
    await alice.does(`INSERT INTO doctor VALUES ('bob', true)`, {
      note: 'Suppose the program swallows this error.',
    });
    const further = await alice.does('SELECT 1');
    const swallowed = await alice.does('COMMIT', { note: 'No exception. The command tag says ROLLBACK.' });
    fact('SQLSTATE of every further statement', further.tag);
    fact('Command tag of COMMIT after a swallowed error', swallowed.tag);
    fact('On call after that COMMIT', await onCall());
  },
});

/** Which of Bob's statements gets 40001, when Alice commits after his update (`late`) or before it (`early`). */
async function refusedAt(
  order: 'late' | 'early',
  reset: () => Promise<unknown>,
  alice: Session,
  bob: Session,
): Promise<string[]> {
  await reset();
  for (const session of [alice, bob]) {
    await session.query('BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT count(*) FROM doctor WHERE on_call');
  }
  await alice.query(`UPDATE doctor SET on_call = false WHERE name = 'alice'`);
  if (order === 'early') await alice.query('COMMIT');
  const update = await bob.outcome(`UPDATE doctor SET on_call = false WHERE name = 'bob'`);
  if (order === 'late') await alice.query('COMMIT');
  const commit = await bob.outcome('COMMIT');
  return [
    order === 'late' ? 'Alice commits after Bob’s UPDATE' : 'Alice commits before Bob’s UPDATE',
    update.code ? 'UPDATE' : 'COMMIT',
    update.code ?? commit.code ?? 'none',
  ];
}
