import { setTimeout } from 'node:timers/promises';
import { lab } from '#labs/index.ts';
import { dial, gateway, schema } from './fan-out/gateway.ts';

export default lab({
  title: 'A dead connection, and what a reconnect gets back',
  claim:
    'A gateway sends into a dead connection without an error. A client that comes back live only has lost those messages; one that comes back with its last sequence number has not, and catching up never holds more than a page in the gateway.',
  engines: ['postgres', 'http'],
  async run({ postgres, http, fact, holds, step, until, defer }) {
    const db = await postgres();
    await db.query(schema);
    const [a, b] = [await gateway(db.url), await gateway(db.url)];
    defer(() => Promise.all([a.close(), b.close()]));
    const cable = await http.proxy(b.port);
    const alice = await dial(a.port, 'alice');
    const bob = await dial(cable.port, 'bob');
    const carol = await dial(b.port, 'carol');
    defer(() => {
      alice.socket.terminate();
      bob.socket.terminate();
      carol.socket.terminate();
    });
    const say = async (n: number): Promise<void> => {
      alice.send(`a-${n}`, `message ${n}`);
      await until(`ack ${n}`, () => alice.acks.length === n);
    };

    // #region cut
    await say(1);
    await until('both have the first message', () => bob.messages.length + carol.messages.length === 2);
    cable.cut(); // the phone goes into a tunnel: no FIN, no RST
    for (const n of [2, 3, 4]) await say(n);
    await until('gateway B has handed over all to both', () => b.handedOver === 8);
    const stillOpen = b.open;
    const firstBeat = b.beat(); // pings both
    await until('Carol has answered', () => b.unanswered === 1);
    const secondBeat = b.beat(); // one interval later
    // #endregion cut
    step({ who: 'Alice', does: 'sends 1', result: 'Bob has it' });
    step({ who: 'network', does: 'cut, silently', outcome: 'fails' });
    step({ who: 'Alice', does: 'sends 2, 3, 4', result: 'acknowledged' });
    step({ who: 'Gateway B', does: 'socket.send × 3', result: 'no error', note: 'The kernel took the bytes. Nobody got them.' }); // prettier-ignore
    step({ who: 'Gateway B', does: 'heartbeat', result: 'pings Bob and Carol' });
    step({ who: 'Gateway B', does: 'heartbeat', result: 'no pong from Bob: terminate' });
    fact('messages handed to the dead socket without an error', b.handedOver - 4 - bob.messages.length);
    fact('sockets that the gateway believed to be open, of Bob and Carol', stillOpen);
    fact('sockets ended by the first and second heartbeat', [firstBeat, secondBeat]);
    fact(
      'Bob has, before he reconnects',
      bob.messages.map(({ seq }) => seq),
    );

    cable.pass();
    bob.socket.terminate();
    const last = bob.messages.at(-1)?.seq ?? 0;
    // #region back
    const live = await dial(cable.port, 'bob'); // live only
    const resumed = await dial(cable.port, 'bob', last); // with the last sequence number seen
    await say(5);
    await until('both have message 5', () =>
      [live, resumed].every((c) => c.messages.some((m) => m.seq === 5)),
    );
    // #endregion back
    defer(() => {
      live.socket.terminate();
      resumed.socket.terminate();
    });
    const seqs = (client: typeof live): number[] => client.messages.map(({ seq }) => seq);
    step({ who: 'Bob', does: `reconnects with since=${last}`, result: `gets ${seqs(resumed).slice(0, -1).join(', ')}` }); // prettier-ignore
    step({ who: 'Alice', does: 'sends 5', result: `Bob has ${[...seqs(bob), ...seqs(resumed)].join(', ')}` });
    fact('back live only, Bob gets', seqs(live));
    fact('back with his cursor, Bob gets', seqs(resumed));
    fact('messages lost by coming back live only', 4 - seqs(live).length);

    // Messages go on while clients dial in: between reading and subscribing nothing may fall.
    const dialing = Promise.all(Array.from({ length: 10 }, () => dial(b.port, 'bob', 0)));
    for (let n = 6; n <= 25; n++) await say(n);
    const crowd = await dialing;
    await until('all have the last one', () => crowd.every((client) => client.messages.at(-1)?.seq === 25));
    for (const client of crowd) client.socket.terminate();
    const exact = crowd.filter((client) => seqs(client).join() === Array.from({ length: 25 }, (_, i) => i + 1).join()); // prettier-ignore
    fact('of 10 clients that dial in during 20 sends, with every message once and in order', exact.length);

    // A client 32 MiB behind that stops reading while it catches up: each page waits for the kernel to take the one before.
    await db.query(`INSERT INTO message SELECT 1, 25 + n, 'alice', 'old-' || n, repeat('x', 8192)
                    FROM generate_series(1, 4000) n`);
    const behind = await dial(b.port, 'bob', 25);
    behind.socket.pause();
    await until('the gateway waits for it', async () => {
      const before = b.handedOver;
      await setTimeout(100);
      return b.buffered > 0 && b.handedOver === before;
    });
    const waiting = b.buffered;
    behind.socket.resume();
    await until('it has caught up', () => behind.messages.length === 4000);
    behind.socket.terminate();
    holds('Of the 32 MiB that a stalled client has to catch up on, less than 1 MiB waits in the gateway', waiting < 2 ** 20); // prettier-ignore
    fact('messages it has after it reads again', behind.messages.length);
  },
});
