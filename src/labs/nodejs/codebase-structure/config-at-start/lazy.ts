/** The same service without a check at start: each value is read where it is used. */
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  if (request.url === '/health') {
    response.end('ok');
    return;
  }
  // #region lazy
  const charge = async (): Promise<void> => {
    const url = new URL('/charges', process.env['PAYMENTS_URL']);
    const timeout = Number(process.env['PAYMENTS_TIMEOUT_MS']);
    await fetch(url, { method: 'POST', signal: AbortSignal.timeout(timeout) });
  };
  // #endregion lazy
  charge().then(
    () => response.writeHead(201).end(),
    (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.name : ''),
  );
});
server.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  console.log(`listening on ${process.env['PORT'] ?? ''}`);
});
