/** A server with one kept connection. Environment: MARKER, a file that it writes once every connection is closed. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

let draining = false;
let posts = 0;
const server = createServer((request, response) => {
  if (request.method === 'POST') posts += 1;
  if (draining) response.setHeader('Connection', 'close');
  response.end('ok');
});
server.listen(0, '127.0.0.1', () => {
  console.log(`listening ${(server.address() as AddressInfo).port}`);
});
process.on('SIGUSR2', () => {
  draining = true;
  console.log('draining');
});
process.on('SIGTERM', () => {
  server.close(() => {
    writeFileSync(process.env['MARKER'] ?? '', 'closed');
    console.log(`posts ${posts}`);
    process.exit(0);
  });
});
