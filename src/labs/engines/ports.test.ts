import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { freePort } from './ports.ts';

/** A random number from which this port is drawn: its middle, so that rounding cannot reach a neighbour. */
const drawing = (port: number) => (port - 20_000 + 0.5) / 10_000;

test('a port that is taken is passed over', async () => {
  const server = createServer().listen(await freePort(), '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const numbers = [drawing(port), drawing(25_000)];
  expect(await freePort(() => numbers.shift() ?? 0)).toBe(25_000);
  server.close();
});

test('when all are taken it says so', async () => {
  const server = createServer().listen(await freePort(), '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(freePort(() => drawing(port))).rejects.toThrow('No free TCP port');
  server.close();
});
