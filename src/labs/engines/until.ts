import { setTimeout as sleep } from 'node:timers/promises';

/** What remains of a type when it is truthy. */
export type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/**
 * Asks `condition` every few milliseconds until it answers with something truthy, and gives that back.
 * @param what named in the error, worded to follow “waiting until”.
 * @param timeout in milliseconds.
 * @throws when the time is over.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeout = 10_000,
): Promise<Truthy<T>> {
  const end = performance.now() + timeout;
  for (let pause = 1; ; pause = Math.min(pause * 2, 25)) {
    const answer = await condition();
    if (answer) return answer as Truthy<T>;
    if (performance.now() > end)
      throw new Error(`Gave up after ${timeout / 1000} s of waiting until ${what}.`);
    await sleep(pause);
  }
}
