/** The pricing module behind HTTP. NEXT, if set, is the service that it asks instead of answering by itself. */
import { createServer } from 'node:http';
import { type Line, price } from './price.ts';

const { NEXT = '' } = process.env;

// #region service
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    void (async () => {
      const body = Buffer.concat(parts).toString();
      const answer = NEXT
        ? await (await fetch(NEXT, { method: 'POST', body })).text()
        : JSON.stringify((JSON.parse(body) as Line[][]).map(price));
      response.end(answer);
    })();
  });
});
// #endregion service
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`listening on ${address.port}`);
});
