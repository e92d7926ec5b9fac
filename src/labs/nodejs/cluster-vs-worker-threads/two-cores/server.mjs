import cluster from 'node:cluster';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { Piscina } from 'piscina';
import report from './report.mjs';

const [shape, port, started] = process.argv.slice(2);

// #region serve
/** Answers /health at once and everything else with a report. */
const serve = (compute) =>
  http.createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const gate = url.searchParams.get('gate');
    if (gate) writeFileSync(`${started}.${url.searchParams.get('n')}`, ''); // tells the test that it has begun
    response.end(url.pathname === '/health' ? 'ok' : String(await compute(gate)));
  });
// #endregion serve

const ready = () => console.log('listening');

// #region shapes
if (shape === 'one process') {
  serve(report).listen(port, ready);
}

if (shape === '2 processes') {
  if (cluster.isWorker) serve(report).listen(port);
  else {
    cluster.fork();
    cluster.fork();
    let listening = 0;
    cluster.on('listening', () => (listening += 1) === 2 && ready());
  }
}

if (shape === '2 threads') {
  const filename = new URL('report.mjs', import.meta.url).href;
  const pool = new Piscina({ filename, minThreads: 2, maxThreads: 2 });
  serve((gate) => pool.run(gate)).listen(port, ready);
}
// #endregion shapes
