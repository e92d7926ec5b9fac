import { lab } from '#labs/index.ts';

export default lab({
  title: 'Two transfers in opposite order',
  claim:
    'Two transactions that lock the same rows in opposite order deadlock, and the server ends one with 40P01 after a second; the same order never deadlocks.',
  engines: ['postgres'],
  async run({ postgres, fact, measure, scene }) {
    const db = await postgres();
    await db.query(
      'CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL); INSERT INTO account VALUES (1, 100), (2, 100)',
    );
    const [t1, t2] = await db.sessions('T1', 'T2');
    // Whoever waits for deadlock_timeout (1 s) looks for a cycle and, if it finds one, gives way. T1 looks so late that it is always T2.
    await t1.query(`SET deadlock_timeout = '1min'`);
    const take = (id: number): string => `UPDATE account SET balance = balance - 30 WHERE id = ${id}`;
    const give = (id: number): string => `UPDATE account SET balance = balance + 30 WHERE id = ${id}`;

    scene('Opposite order: a cycle, and one transfer is ended');
    // #region opposite
    await t1.does('BEGIN');
    await t2.does('BEGIN');
    await t1.does(take(1));
    await t2.does(take(2));
    const waiting = await t1.waits(give(2));
    const started = performance.now();
    const victim = await t2.does(give(1), {
      note: 'T2 waits for T1, which waits for T2. After a second the server looks.',
    });
    measure('Wait until the server looked', performance.now() - started, 'ms');
    await waiting.outcome('T2 is rolled back, its lock is free.');
    await t1.does('COMMIT');
    await t2.does('ROLLBACK', { note: 'Run it again: the same loop as for 40001.' });
    // #endregion opposite
    fact('SQLSTATE of the victim', victim.tag);
    fact('The server’s message', victim.message ?? '');
    fact(
      'Balances after one transfer',
      (await db.query<{ balance: number }>('SELECT balance FROM account ORDER BY id')).map(
        ({ balance }) => balance,
      ),
    );

    // The counters of a session reach the view when it is idle; this makes that now.
    await t2.query('SELECT pg_stat_force_next_flush()');
    fact(
      'Deadlocks in pg_stat_database',
      await db.value<number>('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()'),
    );

    scene('Same order: the second transfer waits, nobody is ended');
    // #region ordered
    const lockBoth = `
      SELECT id FROM account WHERE id IN (1, 2)
      ORDER BY id FOR UPDATE`;
    await t1.does('BEGIN');
    await t2.does('BEGIN');
    await t1.does(lockBoth);
    const queued = await t2.waits(lockBoth);
    await t1.query(`${take(1)}; ${give(2)}`);
    await t1.does('COMMIT');
    const second = await queued.outcome();
    await t2.query(`${take(2)}; ${give(1)}`);
    await t2.does('COMMIT');
    // #endregion ordered
    fact('Outcome for T2 when both lock in the order of id', second.tag);
    fact(
      'Deadlocks after that',
      await db.value<number>('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()'),
    );
  },
});
