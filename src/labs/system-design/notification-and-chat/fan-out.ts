import pg from 'pg';
import { lab } from '#labs/index.ts';
import { dial, gateway, schema } from './fan-out/gateway.ts';

export default lab({
  title: 'Two gateways meet in PostgreSQL',
  claim:
    'NOTIFY carries a hint from one gateway to the other at commit, merges duplicates, refuses 8,000 bytes, and is gone for whoever was not listening; the row is still there for the cursor.',
  engines: ['postgres'],
  async run({ postgres, fact, step, until, defer }) {
    const db = await postgres();
    await db.query(schema);
    const [a, b] = [await gateway(db.url), await gateway(db.url)];
    defer(() => Promise.all([a.close(), b.close()]));
    const [alice, bob] = [await dial(a.port, 'alice'), await dial(b.port, 'bob')];
    defer(() => {
      alice.socket.terminate();
      bob.socket.terminate();
    });

    alice.send('a-1', 'hello');
    step({ who: 'Alice', does: 'send { clientId: a-1, body: hello }' });
    await until('alice has her answer', () => alice.acks.length === 1);
    step({
      who: 'Gateway A',
      does: `INSERT …; pg_notify('message', '1'); COMMIT`,
      result: `seq ${alice.acks[0]?.seq}, ack to Alice`,
    });
    await until('bob has the message', () => bob.messages.length === 1);
    step({ who: 'Gateway B', does: 'SELECT … WHERE seq > 0', result: `${bob.messages.length} row`, note: 'The hint says where to look. The row says what was sent.' }); // prettier-ignore
    step({ who: 'Bob', does: 'receives', result: `${bob.messages[0]?.seq}: ${bob.messages[0]?.body}` });
    fact('Bob, on the other gateway, receives', bob.messages[0]?.body ?? '');

    // The rules of NOTIFY, seen by a bare listener. A marker from another session says that all before it has arrived.
    const listener = new pg.Client({ connectionString: db.url });
    await listener.connect();
    defer(() => listener.end());
    let heard: string[] = [];
    listener.on('notification', ({ payload }) => heard.push(payload ?? ''));
    listener.on('error', () => undefined);
    await listener.query('LISTEN rules');
    const [writer, other] = await db.sessions('writer', 'other');
    const collect = async (): Promise<number> => {
      await other.query(`SELECT pg_notify('rules', 'marker')`);
      await until('the marker', () => heard.includes('marker'));
      const count = heard.filter((payload) => payload !== 'marker').length;
      heard = [];
      return count;
    };
    // #region rules
    await writer.query('BEGIN');
    for (let n = 0; n < 3; n++) await writer.query(`SELECT pg_notify('rules', '1')`);
    const beforeCommit = await collect();
    await writer.query('COMMIT');
    const afterCommit = await collect();
    await writer.query(`BEGIN; SELECT pg_notify('rules', '1'); ROLLBACK`);
    const afterRollback = await collect();
    const fits = await writer.outcome(`SELECT pg_notify('rules', repeat('x', 7999))`);
    const tooLong = await writer.outcome(`SELECT pg_notify('rules', repeat('x', 8000))`);
    const accents = await writer.outcome(`SELECT pg_notify('rules', repeat('é', 4000))`);
    // #endregion rules
    fact('heard before the commit of three equal notifications', beforeCommit);
    fact('heard after it', afterCommit);
    fact('heard after a rollback', afterRollback);
    fact('payload of 7,999 bytes', fits.code ?? 'accepted');
    fact('payload of 8,000 bytes', tooLong.code ?? 'accepted');
    fact('payload of 4,000 characters é', accents.code ?? 'accepted');
    await collect();

    // Gateway B's listening connection dies while a message is sent.
    await db.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE query LIKE 'LISTEN%' AND datname = current_database()`);
    await until('the listeners are gone', async () => {
      const left = await db.value<number>(`SELECT count(*) FROM pg_stat_activity
        WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid() AND datname = current_database()`);
      return left === 0;
    });
    heard = [];
    await writer.query(`SELECT pg_notify('rules', 'while nobody listens')`);
    const late = new pg.Client({ connectionString: db.url });
    await late.connect();
    defer(() => late.end());
    late.on('notification', ({ payload }) => heard.push(payload ?? ''));
    await late.query('LISTEN rules');
    fact('heard later by a listener that was away', await collect());

    // Bob's gateway has lost its listener too, so only his cursor can bring him the next message.
    const seen = bob.messages.length;
    alice.send('a-2', 'without a hint');
    await until('alice has her second answer', () => alice.acks.length === 2);
    const back = await dial(b.port, 'bob', seen);
    defer(() => {
      back.socket.terminate();
    });
    await until('the cursor has brought it', () => back.messages.length === 1);
    fact('messages that Bob gets without a hint', bob.messages.length - seen);
    fact('after he reconnects with his cursor', back.messages[0]?.body ?? '');
  },
});
