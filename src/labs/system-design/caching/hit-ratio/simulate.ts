/** Exact arithmetic and a seeded simulation of caches. */

/** Queries per second that reach the database. `hit` is the ratio of reads answered by the cache, from 0 to 1. */
// #region arithmetic
export const databaseReads = (reads: number, hit: number): number => Math.round(reads * (1 - hit));

/** Hit ratio of one key that is read at random `rate` times a second and lives `ttl` seconds after each load. */
export const hitRatioOfKey = (rate: number, ttl: number): number => (rate * ttl) / (1 + rate * ttl);
// #endregion arithmetic

/** A seeded source of numbers from 0 to 1 (mulberry32), so that each run sees the same requests. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Draws keys 0 … count − 1 so that key k is asked for in proportion to 1 / (k + 1): Zipf's law. */
export function zipf(count: number, random: () => number): () => number {
  const sums = new Float64Array(count);
  let total = 0;
  for (let k = 0; k < count; k++) sums[k] = total += 1 / (k + 1);
  return () => {
    const wanted = random() * total;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Hits in a cache of `capacity` entries, counted after the first `warm` requests. */
// #region lru
export function lruHits(requests: Iterable<number>, capacity: number, warm: number): number {
  const cache = new Map<number, true>(); // a Map keeps the order of insertion
  let [seen, hits] = [0, 0];
  for (const key of requests) {
    const hit = cache.delete(key);
    cache.set(key, true); // the newest stands last
    if (cache.size > capacity) cache.delete(cache.keys().next().value ?? key); // the oldest goes
    if (seen++ >= warm && hit) hits++;
  }
  return hits;
}
// #endregion lru

/** Share of `count` random arrivals, `rate` a second, that find the one place taken and the line full. Each takes `ms`. */
export function refusedShare(
  rate: number,
  ms: number,
  line: number,
  count: number,
  random: () => number,
): number {
  const ends: number[] = []; // of the one that runs and of those in line
  let [now, refused] = [0, 0];
  for (let n = 0; n < count; n++) {
    now -= (Math.log(1 - random()) * 1000) / rate;
    while ((ends[0] ?? now + 1) <= now) ends.shift();
    if (ends.length > line) refused++;
    else ends.push((ends.at(-1) ?? now) + ms);
  }
  return refused / count;
}
