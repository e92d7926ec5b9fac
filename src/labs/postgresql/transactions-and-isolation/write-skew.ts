import { lab, type Outcome, type Session } from '#labs/index.ts';

export default lab({
  title: 'Write skew: two right decisions, one broken rule',
  claim:
    'Two transactions that each keep the rule commit together at Repeatable Read and break it; Serializable refuses one with 40001, but only if both are Serializable.',
  engines: ['postgres'],
  async run({ postgres, fact, scene }) {
    const db = await postgres();
    await db.query('CREATE TABLE doctor (name text PRIMARY KEY, on_call boolean NOT NULL)');
    await db.query(`INSERT INTO doctor VALUES ('alice', true), ('bob', true)`);
    const [alice, bob] = await db.sessions('Alice', 'Bob');
    const onCall = (): Promise<number> => db.value<number>('SELECT count(*) FROM doctor WHERE on_call');
    const reset = (): Promise<unknown> => db.query('UPDATE doctor SET on_call = true');

    // #region skew
    /** Both ask to go off call. The rule is that one doctor must stay; each checks it before the update. */
    const bothLeave = async (aliceLevel: string, bobLevel = aliceLevel): Promise<Outcome> => {
      await reset();
      const check = 'SELECT count(*) FROM doctor WHERE on_call';
      await alice.does(`BEGIN ISOLATION LEVEL ${aliceLevel}`);
      await bob.does(`BEGIN ISOLATION LEVEL ${bobLevel}`);
      await alice.does(check, { note: 'Two, so Alice may leave.' });
      await bob.does(check, { note: 'Two, so Bob may leave.' });
      await alice.does(`UPDATE doctor SET on_call = false WHERE name = 'alice'`);
      await bob.does(`UPDATE doctor SET on_call = false WHERE name = 'bob'`, {
        note: 'Another row: nothing to wait for.',
      });
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

    scene('Read Committed, with the rows locked: the second one waits, then sees one');
    // #region locked
    await reset();
    const lock = 'SELECT name FROM doctor WHERE on_call FOR UPDATE';
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

    fact('Where the error is raised', {
      columns: ['order', 'refused statement', 'SQLSTATE'],
      rows: [await refusedAt('late', reset, alice, bob), await refusedAt('early', reset, alice, bob)],
    });

    scene('COMMIT can succeed and roll back');
    await reset();
    await alice.query(`BEGIN; UPDATE doctor SET on_call = false WHERE name = 'alice'`);
    await alice.does(`INSERT INTO doctor VALUES ('bob', true)`, {
      note: 'Suppose the program swallows this error.',
    });
    const swallowed = await alice.does('COMMIT', { note: 'No exception. The command tag says ROLLBACK.' });
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
