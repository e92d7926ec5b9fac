import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { lab } from '#labs/index.ts';

const MiB = 2 ** 20;

export default lab({
  title: 'A client that does not read',
  claim:
    'What a slow client does not read grows in the memory of the gateway; a limit on bufferedAmount ends that client and leaves the others alone.',
  engines: ['node'],
  async run({ node, fact, holds, measure, series, until, defer }) {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    defer(() => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const connect = async (): Promise<{ client: WebSocket; peer: WebSocket }> => {
      const accepted = new Promise<WebSocket>((resolve) => server.once('connection', resolve));
      const client = new WebSocket(`ws://127.0.0.1:${port}`);
      const peer = await accepted;
      await until('the socket is open', () => client.readyState === WebSocket.OPEN);
      return { client, peer };
    };

    const frame = Buffer.alloc(64 * 1024);
    const frames = 512; // 32 MiB
    // #region send
    /** Sends to a peer unless it is too far behind; then it is cut, and comes back with its cursor. */
    const send = (peer: WebSocket, data: Buffer, limit: number): boolean => {
      if (peer.readyState !== WebSocket.OPEN) return false;
      if (peer.bufferedAmount > limit) {
        peer.terminate(); // not close(): a closing frame would wait behind the backlog
        return false;
      }
      peer.send(data);
      return true;
    };
    // #endregion send

    /** Sends all frames to a client that reads and to one that does not. */
    const run = async (limit: number) => {
      const [fast, slow] = [await connect(), await connect()];
      let received = 0;
      fast.client.on('message', () => received++);
      slow.client.on('error', () => undefined);
      slow.client.pause();
      const backlog: [number, number][] = [];
      let most = 0;
      let sentToSlow = 0;
      for (let n = 1; n <= frames; n++) {
        send(fast.peer, frame, Infinity);
        if (send(slow.peer, frame, limit)) sentToSlow++;
        most = Math.max(most, slow.peer.bufferedAmount);
        if (n % 32 === 0) backlog.push([(n * 64) / 1024, slow.peer.bufferedAmount / MiB]);
        await setImmediate();
      }
      await until('the fast client has everything', () => received === frames);
      const state = slow.peer.readyState === WebSocket.OPEN ? 'open' : 'cut';
      slow.client.terminate();
      fast.client.terminate();
      await until('both are gone', () => server.clients.size === 0);
      return { backlog, most, state, received, sentToSlow };
    };
    const without = await run(Infinity);
    const withLimit = await run(MiB);
    series('waiting in the gateway for one client that does not read', {
      x: 'sent',
      xUnit: 'MiB',
      y: 'bufferedAmount',
      unit: 'MiB',
      points: { 'no limit': without.backlog, 'cut at 1 MiB': withLimit.backlog },
    });
    fact('with no limit and with one of 1 MiB', {
      columns: ['limit', 'slow client', 'fast client got'],
      rows: [
        ['none', without.state, `${without.received} of ${frames}`],
        ['1 MiB', withLimit.state, `${withLimit.received} of ${frames}`],
      ],
    });
    holds('Without a limit more than half of what was sent waits in the gateway', without.most > 16 * MiB);
    holds('With the limit the backlog stays under 1.2 MiB', withLimit.most < 1.2 * MiB);
    measure('waiting for one slow client without a limit', without.most / MiB, 'MiB');

    // What an idle socket costs, in a process of its own.
    const node26 = await node();
    const idle = node26.start('slow-consumer/idle-server.ts', { flags: ['--expose-gc'] });
    const target = Number((await idle.line(/port (\d+)/))[1]);
    let question = 0;
    const rss = async (clients: number): Promise<number> => {
      let bytes = 0;
      await until(`${clients} clients`, async () => {
        idle.write(`${++question}\n`);
        const [, memory, open] = await idle.line(new RegExp(`answer ${question} rss (\\d+) clients (\\d+)`));
        bytes = Number(memory);
        return Number(open) === clients;
      });
      return bytes;
    };
    const before = await rss(0);
    const crowd: WebSocket[] = [];
    for (let batch = 0; batch < 20; batch++) {
      const some = Array.from({ length: 100 }, () => new WebSocket(`ws://127.0.0.1:${target}`));
      await until('100 more are open', () => some.every((one) => one.readyState === WebSocket.OPEN));
      crowd.push(...some);
    }
    const after = await rss(crowd.length);
    for (const one of crowd) one.terminate();
    idle.kill('SIGTERM');
    await idle.ended;
    measure('memory for an idle socket, without TLS', (after - before) / crowd.length / 1024, 'KiB');
    holds('2,000 idle sockets cost less than 100 KiB each', (after - before) / crowd.length < 100 * 1024);
  },
});
