import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { faultProxy, type FaultProxy } from './fault-proxy.ts';
import { until } from './until.ts';

/** An echo server that counts what it received. */
let received = '';
const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('data', (data: Buffer) => {
    received += data.toString();
    socket.write(`echo ${data.toString()}`);
  });
});
let proxy: FaultProxy;

beforeEach(async () => {
  received = '';
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await faultProxy((server.address() as AddressInfo).port);
});
afterEach(async () => {
  await proxy.close();
  for (const socket of sockets) socket.destroy();
  server.close();
});

interface Client {
  readonly socket: Socket;
  readonly got: () => string;
  readonly error: () => string | undefined;
}
async function client(): Promise<Client> {
  const socket = connect(proxy.port, '127.0.0.1');
  let [text, error] = ['', undefined as string | undefined];
  socket.on('data', (data: Buffer) => (text += data.toString()));
  socket.on('error', (problem: NodeJS.ErrnoException) => (error = problem.code));
  await once(socket, 'connect');
  return { socket, got: () => text, error: () => error };
}

test('it forwards both ways', async () => {
  const { socket, got } = await client();
  socket.write('one');
  await until('the echo arrives', () => got() === 'echo one');
  expect(proxy.accepted).toBe(1);
});

test('it delays, in order', async () => {
  const { socket, got } = await client();
  proxy.delay(60);
  const began = performance.now();
  socket.write('a');
  await sleep(10);
  proxy.delay(0);
  socket.write('b');
  await until('both echoes arrive', () => got().includes('b'));
  expect(performance.now() - began).toBeGreaterThan(55);
  expect(received).toBe('ab');
});

test('a cut swallows silently in one direction and leaves the connection open', async () => {
  const { socket, got, error } = await client();
  proxy.cut('to-client');
  socket.write('lost answer');
  await until('the server has it', () => received === 'lost answer');
  await sleep(50);
  expect([got(), error(), socket.destroyed]).toEqual(['', undefined, false]);
  proxy.pass();
  socket.write('!');
  await until('later data pass', () => got() === 'echo !');
});

test('a reset reaches the client as ECONNRESET, and new connections are served', async () => {
  const { error } = await client();
  proxy.reset();
  await until('the client sees it', () => error() === 'ECONNRESET');
  const again = await client();
  again.socket.write('x');
  await until('the echo arrives', () => again.got() === 'echo x');
});

test('the answer can be cut off after the server has done its work', async () => {
  const { socket, got, error } = await client();
  const sprung = proxy.resetWhen('to-client', (data) => data.includes('commit'));
  socket.write('commit');
  await sprung;
  await until('the client sees a reset', () => error() === 'ECONNRESET');
  expect([received, got()]).toEqual(['commit', '']);
  const again = await client();
  again.socket.write('commit');
  await until('it happens only once', () => again.got() === 'echo commit');
});

test('while refusing, every new connection is reset', async () => {
  proxy.refuse();
  const [problem] = (await once(connect(proxy.port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
  expect(problem.code).toBe('ECONNRESET');
  proxy.pass();
  const again = await client();
  again.socket.write('x');
  await until('the echo arrives', () => again.got() === 'echo x');
});

test('a server that is not there looks like a reset', async () => {
  const dead = await faultProxy(1);
  const socket = connect(dead.port, '127.0.0.1');
  const [problem] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect(problem.code).toBe('ECONNRESET');
  await dead.close();
});
