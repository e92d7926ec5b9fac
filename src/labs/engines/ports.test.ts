import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { freePort } from './ports.ts';

test('a port that is taken is passed over', async () => {
  const server = createServer().listen(await freePort(), '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const numbers = [(port - 20_000) / 10_000, 0.5];
  expect(await freePort(() => numbers.shift() ?? 0)).toBe(25_000);
  server.close();
});

test('when all are taken it says so', async () => {
  const server = createServer().listen(await freePort(), '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(freePort(() => (port - 20_000) / 10_000)).rejects.toThrow('No free TCP port');
  server.close();
});
