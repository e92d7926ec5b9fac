/** Counts what an idle socket costs: prints its port, then its resident memory in bytes for each line on stdin. */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', backlog: 4096 });
server.on('connection', (socket) => socket.on('pong', () => undefined));
server.on('listening', () => {
  console.log(`port ${(server.address() as AddressInfo).port}`);
});
process.stdin.on('data', (question: Buffer) => {
  globalThis.gc?.();
  console.log(
    `answer ${question.toString().trim()} rss ${process.memoryUsage().rss} clients ${server.clients.size}`,
  );
});
