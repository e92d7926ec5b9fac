/** Five limiters as pure functions of time: `now` in whole milliseconds, `true` when the call may pass. */
export type Limiter = (now: number) => boolean;

/** A counter per window, windows on the clock. State: two numbers. */
// #region fixed
export function fixedWindow(limit: number, window: number): Limiter {
  let [current, count] = [-1, 0];
  return (now) => {
    const index = Math.floor(now / window);
    if (index !== current) [current, count] = [index, 0];
    return count < limit && ++count > 0;
  };
}
// #endregion fixed

/** The time of every call that passed in the last window. State: up to `limit` numbers. */
export function slidingLog(limit: number, window: number): Limiter {
  const passed: number[] = [];
  return (now) => {
    while (passed.length > 0 && (passed[0] ?? 0) <= now - window) passed.shift();
    return passed.length < limit && passed.push(now) > 0;
  };
}

/** Two counters; the last window counts by the share of it that is still within reach. State: three numbers. */
// #region counter
export function slidingCounter(limit: number, window: number): Limiter {
  let [current, count, before] = [-1, 0, 0];
  return (now) => {
    const index = Math.floor(now / window);
    if (index !== current) [before, count, current] = [index === current + 1 ? count : 0, 0, index];
    const share = 1 - (now % window) / window;
    return before * share + count + 1 <= limit && ++count > 0;
  };
}
// #endregion counter

/** Tokens flow in at `limit` per `window` up to `burst`; a call takes one. State: two numbers. */
// #region token
export function tokenBucket(limit: number, window: number, burst: number): Limiter {
  const cost = window / limit; // milliseconds for one token
  let [credit, at] = [burst * cost, 0]; // credit in milliseconds: whole numbers, no rounding
  return (now) => {
    credit = Math.min(burst * cost, credit + now - at);
    at = now;
    if (credit < cost) return false;
    credit -= cost;
    return true;
  };
}
// #endregion token

/** The same decisions from one timestamp, when the bucket would be full again: the generic cell rate algorithm. State: one number. */
// #region gcra
export function gcra(limit: number, window: number, burst: number): Limiter {
  const cost = window / limit;
  let full = 0;
  return (now) => {
    const next = Math.max(full, now) + cost;
    if (next - now > burst * cost) return false;
    full = next;
    return true;
  };
}
// #endregion gcra

/** The same, and it also says how many calls are left and in how many milliseconds the next token comes. */
export function quota(limit: number, window: number, burst: number) {
  const cost = window / limit;
  let full = 0;
  return (now: number): { ok: boolean; left: number; wait: number } => {
    const next = Math.max(full, now) + cost;
    const ok = next - now <= burst * cost;
    if (ok) full = next;
    const missing = full - now; // of a full bucket, in milliseconds
    return { ok, left: Math.floor(burst - missing / cost), wait: missing % cost || cost };
  };
}

/** A queue of `room` that lets one call go each `window / limit`. Gives the time at which the call leaves, or undefined. */
// #region leaky
export function leakyBucket(
  limit: number,
  window: number,
  room: number,
): (now: number) => number | undefined {
  const gap = window / limit;
  let last = -gap;
  return (now) => {
    const leaves = Math.max(now, last + gap);
    if (leaves - now > room * gap) return undefined;
    last = leaves;
    return leaves;
  };
}
// #endregion leaky
