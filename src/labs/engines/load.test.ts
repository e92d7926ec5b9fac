import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { load } from './load.ts';

let [count, atOnce, most] = [0, 0, 0];
const server = createServer((request, response) => {
  count++;
  most = Math.max(most, ++atOnce);
  if (request.url === '/reset') request.socket.resetAndDestroy();
  else if (request.url === '/hang') return;
  setTimeout(() => {
    atOnce--;
    response.statusCode = count % 5 === 0 ? 503 : 201;
    response.end('x');
  }, 2);
});
let url = '';
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('it sends exactly the requests asked for, over so many connections, and counts answers by status', async () => {
  [count, atOnce, most] = [0, 0, 0];
  const { ok, not2xx, errors, byStatus, p50, p99, rate } = await load({ url, requests: 53, connections: 4 });
  expect({ count, most, answers: ok + not2xx, errors }).toEqual({
    count: 53,
    most: 4,
    answers: 53,
    errors: 0,
  });
  expect(byStatus[201]).toBe(ok);
  expect(byStatus[503]).toBe(not2xx);
  expect(p50).toBeGreaterThan(1);
  expect(p99).toBeGreaterThanOrEqual(p50);
  expect(rate).toBeGreaterThan(0);
});

test('resets, refusals and time-outs are errors, not answers', async () => {
  expect(await load({ url: `${url}/reset`, requests: 3 })).toMatchObject({ errors: 3, ok: 0, p99: 0 });
  expect(await load({ url: 'http://127.0.0.1:1', requests: 2 })).toMatchObject({ errors: 2 });
  expect(await load({ url: `${url}/hang`, requests: 2, timeout: 50 })).toMatchObject({ errors: 2 });
});

test('it ends after the time asked for', async () => {
  const began = performance.now();
  expect((await load({ url, seconds: 0.2, connections: 2 })).ok).toBeGreaterThan(5);
  expect(performance.now() - began).toBeGreaterThan(190);
});
