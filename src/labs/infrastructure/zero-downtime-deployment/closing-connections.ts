import { existsSync } from 'node:fs';
import { Agent, request, type ClientRequest } from 'node:http';
import path from 'node:path';
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { lab } from '#labs/index.ts';

export default lab({
  title: 'What server.close() leaves open',
  claim:
    'server.close() stops listening and closes idle connections; a busy one is told keep-alive and served on, a WebSocket stays until told to go, and closing an idle one can fail a POST that the server never saw.',
  engines: ['node', 'http'],
  async run({ node, http, fact, holds, folder, until }) {
    const majors = [22, 24, 26] as const;
    const seen: Record<string, string>[] = [];
    for (const major of majors) {
      const run = await (await node(major)).run('closing-connections/close.mjs');
      seen.push(JSON.parse(run.stdout) as Record<string, string>);
    }
    fact('After server.close()', {
      columns: ['connection', ...majors.map((major) => `Node.js ${major}`)],
      rows: Object.keys(seen[0] ?? {}).map((name) => [name, ...seen.map((one) => one[name] ?? '')]),
    });

    const node26 = await node(26);
    /** The error code of a request, or its status. */
    const outcome = (sent: ClientRequest): Promise<string> =>
      new Promise((resolve) => {
        sent.on('error', (error: NodeJS.ErrnoException) => {
          resolve(error.code ?? error.message);
        });
        sent.on('response', (answer) => {
          answer.resume().on('end', () => {
            resolve(String(answer.statusCode));
          });
        });
        sent.end();
      });

    /** One GET, then the server closes, then a POST before the client has read the news. */
    async function race(before: 'closes' | 'drains' | 'idle' | 'client drops'): Promise<(string | number)[]> {
      const marker = path.join(await folder(), 'closed');
      const keeper = node26.start('closing-connections/keeper.ts', { env: { MARKER: marker } });
      const port = Number((await keeper.line(/listening (\d+)/))[1]);
      const idle = before === 'client drops' ? { timeout: 100 } : {};
      const agent = new Agent({ keepAlive: true, maxSockets: 1, ...idle });
      const to = { host: '127.0.0.1', port, agent };
      await outcome(request(to));
      const free = (): number => Object.keys(agent.freeSockets).length;
      if (before !== 'client drops') await until('the connection is free', () => free() === 1);
      if (before !== 'closes') {
        keeper.kill('SIGUSR2'); // answers now say Connection: close
        await keeper.line(/draining/);
        if (before === 'drains') await outcome(request(to)); // hears it; an idle connection does not
        if (before === 'client drops') await until('the connection has gone', () => free() === 0);
      }
      const kept = free();
      // #region race
      keeper.kill('SIGTERM');
      while (!existsSync(marker)); // blocks this client's event loop until the server has closed
      const post = request({ ...to, method: 'POST' });
      const ended = await outcome(post);
      // #endregion race
      const reused = post.reusedSocket ? 'yes' : 'no';
      const posts = Number((await keeper.line(/posts (\d+)/))[1]);
      agent.destroy();
      return [kept, reused, ended, posts];
    }
    fact('A POST just as the server closes', {
      columns: ['before', 'idle connections kept', 'reused one', 'the client sees', 'the server ran it'],
      rows: [
        ['closes at once', ...(await race('closes'))],
        ['drains first', ...(await race('drains'))],
        ['drains, no request meanwhile', ...(await race('idle'))],
        ['drains, the client drops idle ones', ...(await race('client drops'))],
      ],
    });

    // #region sockets
    const service = await http.serve((_, response) => response.end('ok'));
    const sockets = new WebSocketServer({ server: service.server });
    sockets.on('connection', (socket) => {
      socket.on('message', (data) => {
        socket.send(data);
      });
    });
    const client = new WebSocket(`ws://127.0.0.1:${service.port}`);
    await once(client, 'open');

    let closed = false;
    service.server.close(() => (closed = true));
    const echo = once(client, 'message');
    client.send('still there');
    const [answer] = (await echo) as [Buffer]; // served, after close()
    const finishedBefore = closed;
    for (const socket of sockets.clients) socket.close(1001, 'restart');
    const [code] = (await once(client, 'close')) as [number];
    await until('close() finishes', () => closed);
    // #endregion sockets
    fact('WebSocket: echo after close()', answer.toString());
    fact('WebSocket: close() has finished meanwhile', finishedBefore);
    fact('WebSocket: the client reads the code', String(code));
    holds('close() finishes once the sockets are told to go', closed);
  },
});
