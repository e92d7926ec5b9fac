import { lab } from '#labs/index.ts';

export default lab({
  title: 'Every commit with a NOTIFY waits for the one before',
  claim:
    'A transaction that has sent NOTIFY holds one lock of the whole server until its commit is done, so a slow commit holds up every other notifying transaction, and no silent one.',
  engines: ['postgres'],
  async run({ postgres, fact, until }) {
    // A synchronous standby that never answers makes one commit as slow as we like; only that session waits for it.
    const server = await postgres.instance({
      synchronous_commit: 'local',
      synchronous_standby_names: 'nobody',
    });
    const chat = await server.database();
    const shop = await server.database();
    await chat.query('CREATE TABLE message (body text)');
    await shop.query('CREATE TABLE orders (id int)');
    const [slow, quick, silent] = await chat.sessions('slow commit', 'with NOTIFY', 'without NOTIFY');
    const [elsewhere] = await shop.sessions('other database');
    await slow.query('SET synchronous_commit = on');

    // #region lock
    await slow.query(`BEGIN; INSERT INTO message VALUES ('first'); NOTIFY message`);
    const first = slow.query('COMMIT'); // waits for the standby, with the lock in its hand
    await until('the commit waits for the standby', async () => (await eventOf(slow.pid)) === 'SyncRep');

    await quick.query(`BEGIN; INSERT INTO message VALUES ('second'); NOTIFY message`);
    const second = quick.query('COMMIT');
    await elsewhere.query('BEGIN; INSERT INTO orders VALUES (1); NOTIFY orders');
    const third = elsewhere.query('COMMIT');
    await until('both wait', async () => (await blockedBy(quick.pid)) && (await blockedBy(elsewhere.pid)));

    await silent.query(`BEGIN; INSERT INTO message VALUES ('third')`);
    await silent.query('COMMIT'); // returns
    // #endregion lock
    async function eventOf(pid: number): Promise<string> {
      return silent.value<string>(`SELECT wait_event FROM pg_stat_activity WHERE pid = ${pid}`);
    }
    async function blockedBy(pid: number): Promise<boolean> {
      return silent.value<boolean>(`SELECT cardinality(pg_blocking_pids(${pid})) > 0`);
    }
    const waits = await silent.query<{ wait_event_type: string; wait_event: string }>(
      `SELECT wait_event_type, wait_event FROM pg_stat_activity WHERE pid IN (${quick.pid}, ${elsewhere.pid})`,
    );
    const lock = await silent.query<{ locktype: string; objid: number; mode: string }>(
      `SELECT locktype, classid::regclass::text AS class, objid::int, mode FROM pg_locks WHERE pid = ${quick.pid} AND NOT granted`,
    );
    fact('while one commit with NOTIFY is slow', {
      columns: ['another session', 'waits for'],
      rows: [
        ['with NOTIFY', `${waits[0]?.wait_event_type} / ${waits[0]?.wait_event}`],
        ['in another database', `${waits[1]?.wait_event_type} / ${waits[1]?.wait_event}`],
      ],
    });
    fact('the lock', `${lock[0]?.locktype} ${lock[0]?.objid}, ${lock[0]?.mode}`);
    fact('commits with NOTIFY that wait', waits.length);

    const visible = await silent.query<{ body: string }>('SELECT body FROM message');
    fact(
      'messages visible while they wait',
      visible.map(({ body }) => body),
    );

    // Ends the wait; the transaction is committed here already.
    await silent.query(`SELECT pg_cancel_backend(${slow.pid})`);
    await Promise.all([first, second, third]);
    fact('messages stored in the end', await chat.value<number>('SELECT count(*) FROM message'));
  },
});
