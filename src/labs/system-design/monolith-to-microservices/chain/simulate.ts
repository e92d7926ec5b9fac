/** Calls in a row or side by side in simulated time: no clock, and chance comes from a seed, so every run gives the same numbers. */

/** A seeded generator of numbers in [0, 1): mulberry32, public domain, by Tommy Ettinger. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

// #region service
/** One answer in ms: 5 to 15 as a rule, and 100 to 300 for one request in two hundred. */
export const answer = (random: () => number): number =>
  random() < 0.005 ? 100 + 200 * random() : 5 + 10 * random();

/** Median and 99th percentile of a request that needs `services` answers, one after the other or all at once. */
export function request(
  services: number,
  how: 'in a row' | 'at once',
  random: () => number,
  requests = 100_000,
): { p50: number; p99: number } {
  const taken = new Float64Array(requests).map(() => {
    const answers = Array.from({ length: services }, () => answer(random));
    return how === 'in a row' ? answers.reduce((sum, ms) => sum + ms, 0) : Math.max(...answers);
  });
  taken.sort();
  const at = (share: number): number => Math.round(taken[Math.floor(share * requests)] ?? 0);
  return { p50: at(0.5), p99: at(0.99) };
}
// #endregion service
