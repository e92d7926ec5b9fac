import { lab } from '#labs/index.ts';
import { dial, gateway, schema } from './fan-out/gateway.ts';

export default lab({
  title: 'The send path: sent twice, stored once, never out of order',
  claim:
    'A resend with the same client id after a lost acknowledgement stores one message, and neither it nor a send that fails leaves a gap; a cursor over ids loses a late commit, a counter for each conversation does not.',
  engines: ['postgres', 'http'],
  async run({ postgres, http, fact, measure, scene, until, defer }) {
    const db = await postgres();
    await db.query(schema);
    const [a, b] = [await gateway(db.url), await gateway(db.url)];
    defer(() => Promise.all([a.close(), b.close()]));
    const cable = await http.proxy(a.port);
    const count = (like: string): Promise<number> =>
      db.value<number>(`SELECT count(*) FROM message WHERE body = '${like}'`);

    /** Sends through gateway A, whose acknowledgement is lost, then through gateway B. */
    // #region resend
    const sendTwice = async (body: string, ids: readonly [string, string]): Promise<number> => {
      const phone = await dial(cable.port, 'alice');
      const lost = cable.resetWhen('to-client', (frame) => frame.includes('"ack"'));
      phone.send(ids[0], body);
      await lost; // stored, and the phone does not know
      const again = await dial(b.port, 'alice');
      again.send(ids[1], body);
      await until('an acknowledgement', () => again.acks.length === 1);
      again.socket.terminate();
      const [ack] = again.acks;
      if (!ack) throw new Error('The resend was not acknowledged.');
      return ack.seq;
    };
    const fresh = await sendTwice('a new id for each try', ['x-1', 'x-2']);
    const same = await sendTwice('one id for both tries', ['y-1', 'y-1']);
    // #endregion resend
    fact('stored, a new id for each try', await count('a new id for each try'));
    fact('stored, one id for both tries', await count('one id for both tries'));
    fact('the resend is told it is number', [fresh, same]);

    // Both tries at the same time, through both gateways, twenty times.
    const [left, right] = [await dial(a.port, 'carol'), await dial(b.port, 'carol')];
    for (let n = 0; n < 20; n++) {
      left.send(`r-${n}`, 'race');
      right.send(`r-${n}`, 'race');
    }
    await until('all are acknowledged', () => left.acks.length + right.acks.length === 40);
    left.socket.terminate();
    right.socket.terminate();
    // A text that PostgreSQL refuses fails after the lock is taken. The next sender must not wait for it.
    const unlucky = await dial(a.port, 'dave');
    unlucky.send('z-1', 'a zero \u0000 in the text');
    await until('the gateway hangs up', () => unlucky.closed());
    const next = await dial(a.port, 'dave');
    next.send('z-2', 'after a failure');
    await until('the next one is acknowledged', () => next.acks.length === 1);
    next.socket.terminate();
    fact('acknowledgements of a send that fails', unlucky.acks.length);
    fact('acknowledgements of the next send to the same conversation', next.acks.length);

    fact('stored, of 20 messages sent through both gateways at once', await count('race'));
    fact(
      'gaps in the sequence after that',
      await db.value<number>('SELECT max(seq) - count(*) FROM message WHERE conversation_id = 1'),
    );

    // The cursor: by id, and by a counter of the conversation.
    await db.query('CREATE TABLE by_id (id int GENERATED ALWAYS AS IDENTITY, body text)');
    const [t1, t2, reader] = await db.sessions('sender 1', 'sender 2', 'reader');
    const seen: number[] = [];
    scene('The cursor is an id: a late commit is never read');
    const poll = async (): Promise<void> => {
      const ids = await reader.query<{ id: number }>(
        `SELECT id FROM by_id WHERE id > ${seen.at(-1) ?? 0} ORDER BY id`,
      );
      seen.push(...ids.map(({ id }) => id));
    };
    await t1.does('BEGIN');
    await t1.does(`INSERT INTO by_id (body) VALUES ('first') RETURNING id`);
    await t2.does(`INSERT INTO by_id (body) VALUES ('second') RETURNING id`);
    await poll();
    await reader.does('SELECT id FROM by_id WHERE id > 0', { note: 'The cursor is 2 from now on.' });
    await t1.does('COMMIT');
    await reader.does('SELECT id FROM by_id WHERE id > 2', {
      note: 'Number 1 is committed, and behind the cursor.',
    });
    await poll();
    fact('rows committed', await db.value<number>('SELECT count(*) FROM by_id'));
    fact('rows read by a cursor over ids', seen.length);

    scene('The cursor is a counter of the conversation: the second sender waits');
    await db.query('INSERT INTO conversation (id) VALUES (2)');
    const number = 'UPDATE conversation SET last_seq = last_seq + 1 WHERE id = 2 RETURNING last_seq';
    await t1.does('BEGIN');
    await t1.does(number);
    await t2.does('BEGIN');
    const waiting = await t2.waits(number);
    await t1.does('COMMIT');
    await waiting.outcome();
    await t2.does('COMMIT', { note: 'Numbers are given in the order of commits.' });

    // What a message weighs: 100 bytes of text, a UUID, two indexes.
    await db.query(`INSERT INTO message SELECT 2, n, 'user-' || n % 100, gen_random_uuid(), repeat('x', 100)
                    FROM generate_series(1, 20000) n`);
    const bytes = await db.value<number>(`SELECT pg_total_relation_size('message')`);
    measure('a message on disk, indexes included', bytes / 20_000, 'bytes');
  },
});
