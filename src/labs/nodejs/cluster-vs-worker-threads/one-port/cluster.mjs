import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';

const [port, workers] = process.argv.slice(2).map(Number);

// #region cluster
if (cluster.isPrimary) {
  for (let worker = 0; worker < workers; worker += 1) cluster.fork();
  let listening = 0;
  cluster.on('listening', () => (listening += 1) === workers && console.log('listening'));
} else {
  const sessions = new Set(); // in the memory of one process
  createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    if (pathname === '/login') sessions.add('ada');
    if (pathname === '/me' && !sessions.has('ada')) response.statusCode = 401;
    response.end(String(cluster.worker.id));
    if (pathname === '/block') response.on('close', () => block(searchParams.get('gate')));
  }).listen(port, '127.0.0.1');
}
// #endregion cluster

/** Computes, and so holds up this worker, until the gate file exists. */
function block(gate) {
  console.log('blocked');
  while (!existsSync(gate));
}
