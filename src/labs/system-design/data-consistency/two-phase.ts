import { lab } from '#labs/index.ts';

export default lab({
  title: 'A prepared transaction outlives its coordinator',
  claim:
    'Two-phase commit is off by default; with it, a coordinator that dies leaves locks that survive a crash of the server and hold back VACUUM, and a reader can see one side committed before the other.',
  engines: ['postgres'],
  async run({ postgres, fact, scene, step }) {
    const off = await postgres.instance();
    const plain = await off.database();
    fact('max_prepared_transactions by default', Number(await plain.value('SHOW max_prepared_transactions')));
    const [one] = await plain.sessions('One');
    await one.query('BEGIN');
    fact('PREPARE TRANSACTION by default', (await one.outcome(`PREPARE TRANSACTION 'x'`)).code ?? 'done');
    await off.halt();

    const server = await postgres.instance({ max_prepared_transactions: '10' });
    const [orders, billing] = [await server.database(), await server.database()];
    for (const db of [orders, billing]) {
      await db.query(
        `CREATE TABLE account (id int PRIMARY KEY, amount int); INSERT INTO account VALUES (1, 50)`,
      );
    }

    scene('Phase one on both sides, then the coordinator is gone');
    const [c1] = await orders.sessions('Coordinator → orders');
    const [c2] = await billing.sessions('Coordinator → billing');
    // #region prepare
    await c1.does('BEGIN');
    await c1.does('UPDATE account SET amount = amount - 20');
    await c2.does('BEGIN');
    await c2.does('UPDATE account SET amount = amount + 20');
    await c1.does(`PREPARE TRANSACTION 'transfer-1-orders'`);
    await c2.does(`PREPARE TRANSACTION 'transfer-1-billing'`);
    // #endregion prepare
    await server.kill();
    step({ who: 'Server', does: '(SIGKILL, start, recovery)', note: 'Every connection is gone.' });
    await server.start();
    const [orders2, billing2] = [await server.open(orders.name), await server.open(billing.name)];
    fact(
      'prepared transactions after the crash',
      await orders2.value('SELECT count(*) FROM pg_prepared_xacts'),
    );
    const [user] = await orders2.sessions('User');
    await user.query(`SET lock_timeout = '200ms'`);
    fact(
      'an update of that row after the crash',
      (await user.does('UPDATE account SET amount = 0')).code ?? 'done',
    );
    fact(
      'lock on that table that no session holds',
      await orders2.value(
        `SELECT mode FROM pg_locks WHERE relation = 'account'::regclass AND pid IS NULL`, // no backend to terminate
      ),
    );

    // What VACUUM may not remove while it stands.
    await orders2.query(
      `CREATE TABLE busy (id int, n int); INSERT INTO busy SELECT i, 0 FROM generate_series(1, 1000) i; UPDATE busy SET n = 1`,
    );
    const dead = async (): Promise<number> => {
      await orders2.query('SELECT pg_stat_force_next_flush()'); // so that the update is counted before, not after
      await orders2.query('VACUUM busy');
      return await orders2.value<number>(`SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'busy'`);
    };
    fact('dead rows that VACUUM leaves of 1,000', await dead());

    scene('Phase two, one side after the other');
    const [d1] = await orders2.sessions('New coordinator → orders');
    const [d2] = await billing2.sessions('New coordinator → billing');
    await d1.does(`COMMIT PREPARED 'transfer-1-orders'`);
    const between =
      (await orders2.value<number>('SELECT amount FROM account')) +
      (await billing2.value<number>('SELECT amount FROM account'));
    step({ who: 'Reader', does: 'sum of both sides', result: String(between), outcome: 'fails' });
    await d2.does(`COMMIT PREPARED 'transfer-1-billing'`);
    fact('sum of both sides between the two commits, of 100', between);
    fact('dead rows after the prepared ones are gone', await dead());
  },
});
