import { setImmediate as turn } from 'node:timers/promises';

/** Pure computing: so many rounds of a xorshift generator, from a seed that is not 0. */
export function score(rounds: number, seed = 1): number {
  let value = seed;
  for (let round = 0; round < rounds; round += 1) {
    value ^= value << 13;
    value ^= value >>> 17;
    value ^= value << 5;
  }
  return value;
}

// #region slices
/** The same rounds, but no stretch lasts much longer than 10 ms. */
export async function inSlices(rounds: number): Promise<number> {
  let value = 1;
  let until = performance.now() + 10;
  for (let done = 0; done < rounds; done += 10_000) {
    value = score(10_000, value);
    if (performance.now() < until) continue;
    await turn(); // setImmediate: whoever waits gets a turn
    until = performance.now() + 10;
  }
  return value;
}
// #endregion slices

/** What a worker thread of the pool runs. */
export default (rounds: number): number => score(rounds);
