import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Serving, serve } from './serve.ts';

let folder: string;
const running: Serving[] = [];
const start = async (...options: Parameters<typeof serve>) => {
  const serving = await serve(...options);
  running.push(serving);
  return serving;
};

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'serve-'));
  writeFileSync(path.join(folder, 'index.html'), 'home');
  writeFileSync(path.join(folder, '404.html'), 'not here');
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ close }) => close()));
  rmSync(folder, { recursive: true });
});

test('gives the home page, and the 404 page with its status for what is missing', async () => {
  const { url } = await start(folder, { port: 0 });
  expect(await (await fetch(url)).text()).toBe('home');
  const missing = await fetch(`${url}nowhere/`);
  expect([missing.status, await missing.text()]).toEqual([404, 'not here']);
});

test('takes the next port when the one asked for is in use', async () => {
  const first = await start(folder, { port: 0 });
  const port = Number(new URL(first.url).port);
  const second = await start(folder, { port });
  expect(Number(new URL(second.url).port)).toBeGreaterThan(port);
});

test('serves below a base path and nothing above it', async () => {
  const { url } = await start(folder, { port: 0, base: '/guides/' });
  expect(await (await fetch(url)).text()).toBe('home');
  expect((await fetch(new URL('/', url))).status).toBe(404);
});

test('says how to build when there is no build', async () => {
  await expect(serve(path.join(folder, 'dist'))).rejects.toThrow('npm run build');
});
