import path from 'node:path';
import { expect, test } from 'vitest';
import { Runner } from '../../runner.ts';
import { engines } from '../index.ts';
import { addressOf, programOf, serviceMissing } from './locate.ts';
import { decode, encode, RedisError } from './resp.ts';

const missing = (
  await Promise.all(Object.values(engines).filter(({ tier }) => tier === 2).map((engine) => engine.missing()))
).filter((reason) => reason !== undefined); // prettier-ignore

test.skipIf(missing.length > 0)(
  'every service starts, answers and stops',
  async () => {
    const runner = new Runner();
    const ran = await runner.run(
      path.join(import.meta.dirname, '../../fixtures/system-design/sample/services.ts'),
    );
    await runner.stop();
    if (ran.state !== 'ran') throw new Error(JSON.stringify(ran, undefined, 2));
    expect(Object.fromEntries(ran.result.facts.map(({ name, value }) => [name, value]))).toEqual({
      script: 5,
      error: 'WRONGTYPE',
      heard: ['hello, wörld'],
      routed: true,
      rules: true,
      'rule test': true,
      scraped: 7,
      balanced: ['a', 'b'],
      drained: ['b', 'b'],
      'server connections': 1,
      pools: true,
    });
  },
  120_000,
);

test('a service is found by its path variable, on PATH, or by its address; else it says how to get it', () => {
  const place = { programs: ['no-such-server'], pathVariable: 'LAB_X', addressVariable: 'LAB_X_URL' };
  expect(programOf(place, { LAB_X: '/opt/x' })).toBe('/opt/x');
  expect(programOf({ ...place, programs: ['no-such-server', 'sh'] }, { PATH: '/bin' })).toBe('/bin/sh');
  expect(addressOf(place, { LAB_X_URL: 'redis://x' })).toBe('redis://x');
  expect(serviceMissing(place, { LAB_X_URL: 'redis://x' })).toBeUndefined();
  expect(serviceMissing(place, {})).toBe(
    'no-such-server is not on PATH. Install it (npm run labs:services -- --install), set LAB_X to its path, or set LAB_X_URL to its address',
  );
});

test('a command is encoded by the bytes of its words', () => {
  expect(encode(['SET', 'ä', 5])).toBe('*3\r\n$3\r\nSET\r\n$2\r\nä\r\n$1\r\n5\r\n');
});

test.each([
  ['+OK\r\n', 'OK'],
  [':42\r\n', 42],
  ['$2\r\nä\r\n', 'ä'],
  ['$-1\r\n', null],
  ['*-1\r\n', null],
  ['*2\r\n:1\r\n*1\r\n$1\r\nx\r\n', [1, ['x']]],
])('%j is read whole, and not before it is whole', (text, reply) => {
  const data = Buffer.from(text);
  expect(decode(data)).toEqual({ reply, end: data.length });
  for (let length = 0; length < data.length; length++)
    expect(decode(data.subarray(0, length))).toBeUndefined();
});

test('an error has its first word as code', () => {
  const { reply } = decode(Buffer.from('-OOM command not allowed\r\n')) ?? {};
  expect(reply).toBeInstanceOf(RedisError);
  expect(reply).toMatchObject({ code: 'OOM', message: 'OOM command not allowed' });
});
