import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns, type Done } from './turns.ts';

/** Asks for turns and notes who has started. */
async function ask(
  turns: Turns,
  started: string[],
  ends: Map<string, Done>,
  name: string,
  alone = false,
): Promise<void> {
  void turns.take(alone).then((done) => {
    started.push(name);
    ends.set(name, done);
  });
  await setImmediate();
}

test('as many run side by side as allowed, and one that is alone waits for all and keeps the others out', async () => {
  const [turns, started, ends] = [new Turns(2), [] as string[], new Map<string, Done>()];
  for (const name of ['a', 'b', 'c']) await ask(turns, started, ends, name);
  await ask(turns, started, ends, 'alone', true);
  await ask(turns, started, ends, 'd');
  expect(started).toEqual(['a', 'b']);
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await setImmediate();
  };
  await end('a');
  expect(started).toEqual(['a', 'b', 'c']);
  await end('b');
  expect(started).toHaveLength(3);
  await end('c');
  expect(started).toEqual(['a', 'b', 'c', 'alone']);
  await end('alone');
  expect(started).toEqual(['a', 'b', 'c', 'alone', 'd']);
});

test('ending a turn twice frees only one place', async () => {
  const [turns, started, ends] = [new Turns(1), [] as string[], new Map<string, Done>()];
  for (const name of ['a', 'b', 'c']) await ask(turns, started, ends, name);
  ends.get('a')?.();
  ends.get('a')?.();
  await setImmediate();
  expect(started).toEqual(['a', 'b']);
});
