import { lab } from '#labs/index.ts';
import { schema } from './incident/checkout.ts';

export default lab({
  title: 'The server ends the leaked transaction, and the pod with it',
  claim:
    'idle_in_transaction_session_timeout frees the locks; it does not give the pool its slot back, and without a listener the error ends the Node.js process.',
  engines: ['postgres', 'node'],
  async run({ postgres, node, fact, step, scene, until }) {
    const db = await postgres();
    await db.query(schema(10));
    const node26 = await node();
    const openSessions = () =>
      db.value<number>(
        `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );

    // #region without
    scene('Without a listener on the client');
    const bare = node26.start('server-timeout/pod.ts', { env: { DATABASE_URL: db.url } });
    await bare.line(/answered 409/);
    step({ who: 'pod', does: 'answers 409 and keeps the transaction open', result: '409' });
    const { code, stderr } = await bare.ended;
    const [, reported = 'none'] = /code: '(\w+)'/.exec(stderr) ?? [];
    // #endregion without
    step({
      who: 'PostgreSQL',
      does: 'ends the session after 300 ms',
      result: reported,
      note: 'The client is lent out, so the pool does not listen to it.',
    });
    step({ who: 'pod', does: 'unhandled error event', result: `exit code ${code}`, outcome: 'fails' });
    fact('exit code of the pod without a listener', code);

    // #region with
    scene('With a listener');
    const listening = node26.start('server-timeout/pod.ts', { env: { DATABASE_URL: db.url, LISTENER: '1' } });
    await listening.line(/answered 409/);
    step({ who: 'pod', does: 'answers 409 and keeps the transaction open', result: '409' });
    const [, sqlState = ''] = await listening.line(/client error (\w+)/);
    await until('the session has ended', async () => (await openSessions()) === 0);
    const lockable = await db.query('SELECT id FROM cart WHERE id = 1 FOR UPDATE SKIP LOCKED');
    listening.write('next\n');
    const [, total, idle, waiting] = await listening.line(/total (\d) idle (\d) waiting (\d)/);
    // #endregion with
    step({ who: 'PostgreSQL', does: 'ends the session after 300 ms', result: sqlState });
    step({
      who: 'another session',
      does: 'SELECT … WHERE id = 1 FOR UPDATE SKIP LOCKED',
      result: `${lockable.length} row`,
      note: 'The lock on cart 1 is free again.',
    });
    step({
      who: 'pod',
      does: 'next checkout asks the pool',
      result: `slots ${total}, idle ${idle}, waiting ${waiting}`,
      outcome: 'waits',
      note: 'The slot counts as lent out, although its session is gone.',
    });
    fact('error that the client reports', sqlState);
    fact('locked carts afterwards', 1 - lockable.length);
    fact('sessions on the server afterwards', await openSessions());
    fact('slots that the pool counts as taken', Number(total));
    fact('checkouts that wait for a slot', Number(waiting));
    listening.kill('SIGKILL');
    await listening.ended;
  },
});
