import cluster from 'node:cluster';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { setInterval } from 'node:timers/promises';

const [port, gate, handler] = process.argv.slice(2);

// #region primary
if (cluster.isPrimary) {
  if (handler === 'with a handler') process.on('SIGTERM', () => cluster.disconnect());
  const worker = cluster.fork();
  await once(cluster, 'listening');
  console.log(`worker ${worker.process.pid} listening`);
} else {
  createServer(async (request, response) => {
    console.log('request began');
    for await (const _ of setInterval(5)) if (existsSync(gate)) break;
    response.end('paid');
  }).listen(port, '127.0.0.1');
}
// #endregion primary
