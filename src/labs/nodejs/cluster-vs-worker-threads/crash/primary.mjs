import cluster from 'node:cluster';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { setInterval } from 'node:timers/promises';

const [port, gate, handler] = process.argv.slice(2);

// #region primary
if (cluster.isPrimary) {
  const worker = cluster.fork();
  if (handler !== 'without')
    process.on('SIGTERM', () => {
      worker.send('leave');
      cluster.disconnect();
    });
  await once(cluster, 'listening');
  console.log(`worker ${worker.process.pid} listening`);
} else {
  let leaving = false;
  createServer(async (request, response) => {
    console.log('request began');
    for await (const _ of setInterval(5)) if (existsSync(gate)) break;
    if (leaving && handler === 'with a handler in both') response.setHeader('connection', 'close');
    response.end('paid');
  }).listen(port, '127.0.0.1');
  process.on('message', () => {
    leaving = true;
    console.log('leaving');
  });
}
// #endregion primary
