/** The invoices of a shop over HTTP, in the old process or the new one. Environment: NAME. */
import { createServer, type ServerResponse } from 'node:http';

const { NAME = '' } = process.env;
const held: ServerResponse[] = [];
let roundsEachLine = NAME === 'new'; // the difference that a comparison has to find

/** Tax of an account's invoice in cents: 19 % of two lines, rounded once, as the old code does, or line by line. */
function tax(account: number): number {
  const lines = [100 + account, 250 + 3 * account];
  const rounded = lines.map((cents) => Math.round(cents * 0.19));
  return roundsEachLine
    ? rounded.reduce((sum, cents) => sum + cents, 0)
    : Math.round(lines.reduce((sum, cents) => sum + cents, 0) * 0.19);
}

const server = createServer((request, response) => {
  const account = Number(request.headers['x-account']);
  const body = request.url?.startsWith('/invoices') ? { tax: tax(account) } : { orders: 1 };
  response.setHeader('x-by', NAME);
  response.write(JSON.stringify(body));
  if (request.url === '/invoices?slow') {
    held.push(response);
    console.log('held');
  } else response.end();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`listening on ${address.port}`);
});

/** Told by the lab: `release` ends the slow answers, `fix` brings the old rounding to the new process. */
process.stdin.setEncoding('utf8').on('data', (line: string) => {
  if (line.startsWith('fix')) {
    roundsEachLine = false;
    console.log('fixed');
  } else for (const response of held.splice(0)) response.end();
});
