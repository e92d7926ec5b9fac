import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import net from 'node:net';
import { Worker, isMainThread, parentPort, threadId, workerData } from 'node:worker_threads';

const answer = (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  response.end(`thread ${threadId}`);
  if (pathname === '/block') response.on('close', () => block(searchParams.get('gate')));
};

/** Computes, and so holds up this thread, until the gate file exists. */
function block(gate) {
  writeFileSync(`${gate}.begun`, '');
  while (!existsSync(gate));
}

if (isMainThread) {
  const [way, port] = process.argv.slice(2);
  const file = new URL(import.meta.url);
  const start = () => new Worker(file, { workerData: { way, port: Number(port) } });
  const threads = [start(), start()];
  const ready = await Promise.all(threads.map(async (thread) => (await once(thread, 'message'))[0]));

  // #region main
  // The main thread accepts, and moves each connection to the next thread.
  if (way === 'transfer') {
    let next = 0;
    const server = net.createServer({ pauseOnConnect: true }, (socket) => {
      try {
        threads[next++ % threads.length].postMessage(socket, [socket]);
      } catch (error) {
        console.log(error.name);
        process.exit();
      }
    });
    await once(server.listen(port, '127.0.0.1'), 'listening');
  }
  // #endregion main
  console.log(`ready: ${ready.sort().join(', ')}`);
} else {
  const { way, port } = workerData;
  const server = createServer(answer);
  server.on('error', (error) => parentPort.postMessage(error.code));
  // #region thread
  if (way === 'transfer') {
    parentPort.on('message', (socket) => {
      server.emit('connection', socket);
      socket.resume();
    });
    parentPort.postMessage('waiting');
  } else {
    const reusePort = way === 'reusePort';
    server.listen({ port, host: '127.0.0.1', reusePort }, () => parentPort.postMessage('listening'));
  }
  // #endregion thread
}
