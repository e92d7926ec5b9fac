/** One instance of the service. Environment: PORT, SHUTDOWN (how it ends: `none`, `close` or `drain`). */
import { createServer, type ServerResponse } from 'node:http';

const { PORT = '0', SHUTDOWN = 'none' } = process.env;
const reports = new Set<ServerResponse>();
let draining = false;
/** How often a draining instance has told a health check that it is not ready. */
let toldNotReady = 0;

const server = createServer((request, response) => {
  if (request.url === '/ready') {
    if (draining) toldNotReady += 1;
    response.writeHead(draining ? 503 : 200).end();
    return;
  }
  if (draining) response.setHeader('Connection', 'close');
  if (request.url === '/report') {
    console.log('report begun'); // long work: it ends when the lab says so
    reports.add(response);
  } else setTimeout(() => response.end('ok'), 5);
});
const listen = (): void => {
  server.listen(Number(PORT), '127.0.0.1', () => {
    console.log('listening');
  });
};

/** Told by the lab: `listen` ends the cold start, `finish` ends the reports. */
process.stdin.setEncoding('utf8').on('data', (line: string) => {
  if (line.startsWith('listen')) listen();
  else for (const response of reports) response.end('report');
});

const exit = (): void => {
  process.exit(0);
};
if (SHUTDOWN === 'close') {
  process.on('SIGTERM', () => {
    server.close(exit);
    console.log('closed');
  });
}

// #region drain
/** Stay open until the balancer has stopped sending, then finish what has begun. */
async function drain(balancerKnows: () => boolean): Promise<void> {
  setTimeout(exit, 25_000).unref(); // below the grace period of 30 s; subtract any preStop
  draining = true; // /ready says 503, answers say Connection: close
  while (!balancerKnows()) await new Promise((resolve) => setTimeout(resolve, 10));
  server.close(exit); // no new connections; exits after the last answer
}
// #endregion drain
if (SHUTDOWN === 'drain') {
  process.on('SIGTERM', () => {
    console.log('draining');
    // Twice the checks that the balancer needs to take an instance out.
    void drain(() => toldNotReady >= 4);
  });
}
