/** Retries in simulated time: no clock, and chance comes from a seed, so every run gives the same numbers. */

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

// #region delay
/** Milliseconds to wait before attempt `n + 1`: exponential with a cap, spread over the whole interval by full jitter. */
export function delayAfter(n: number, random: () => number, base = 100, cap = 3200): number {
  return random() * Math.min(cap, base * 2 ** (n - 1));
}
// #endregion delay

/**
 * `clients` fail at the same moment; the server takes `perSlot` calls in each slot of 100 ms and refuses the rest.
 * @param delay milliseconds after the nth refusal.
 * @returns the calls in each slot, until everyone was served.
 */
export function herd(clients: number, perSlot: number, delay: (attempt: number) => number): number[] {
  const slots: number[][] = [Array.from({ length: clients }, () => 1)];
  const calls: number[] = [];
  for (let slot = 0; slot < slots.length; slot++) {
    const arriving = slots[slot] ?? [];
    calls.push(arriving.length);
    for (const attempt of arriving.slice(perSlot)) {
      const next = slot + Math.max(1, Math.ceil(delay(attempt) / 100));
      while (slots.length <= next) slots.push([]);
      slots[next]?.push(attempt + 1);
    }
  }
  return calls;
}

/** How clients behave, and whether the server looks at the deadline before it works. */
export interface Policy {
  readonly attempts: number;
  /** Retries allowed for each first call, as a share; without it there is no budget. */
  readonly budget?: number;
  readonly dropsExpired?: boolean;
  /** Calls that may wait; one more is refused at once, and the refusal costs the server nothing. No limit without it. */
  readonly queueLimit?: number;
}

/**
 * A server that finishes `capacity` calls a second, in order, under `load` new requests a second; it stands still from
 * second 10 to `until`. A client gives up after a second and may try again.
 * @returns requests answered in time and calls received, for each second.
 */
export function overload(
  { attempts, budget, dropsExpired = false, queueLimit = Infinity }: Policy,
  { load, capacity, until, seconds }: { load: number; capacity: number; until: number; seconds: number },
  random: () => number,
): { answered: number[]; calls: number[] } {
  const answered = Array.from({ length: seconds }, () => 0);
  const calls = Array.from({ length: seconds }, () => 0);
  const queue: { readonly at: number }[] = [];
  /** Calls to come, by millisecond. */
  const coming = new Map<
    number,
    { readonly attempt: number; readonly call: { at: number; done: boolean } | undefined }[]
  >();
  const plan = (
    at: number,
    entry: { attempt: number; call: { at: number; done: boolean } | undefined },
  ): void => {
    const list = coming.get(at);
    if (list) list.push(entry);
    else coming.set(at, [entry]);
  };
  for (let n = 0; n < load * seconds; n++)
    plan(Math.floor((n * 1000) / load), { attempt: 1, call: undefined });
  let tokens = 0;
  let work = 0;
  for (let now = 0; now < seconds * 1000; now++) {
    const second = Math.floor(now / 1000);
    for (const { attempt, call } of coming.get(now) ?? []) {
      if (call) {
        // The client's patience for this call ends now, or the server has refused it.
        if (call.done || attempt >= attempts) continue;
        if (budget !== undefined) {
          if (tokens < 1) continue;
          tokens--;
        }
        plan(now + 1 + Math.floor(delayAfter(attempt, random)), { attempt: attempt + 1, call: undefined });
        continue;
      }
      if (attempt === 1 && budget !== undefined) tokens = Math.min(10, tokens + budget);
      const sent = { at: now, done: false };
      calls[second] = (calls[second] ?? 0) + 1;
      const refused = queue.length >= queueLimit;
      if (!refused) queue.push(sent);
      plan(now + (refused ? 1 : 1000), { attempt, call: sent });
    }
    const stands = second >= 10 && second < until;
    work = stands ? 0 : Math.min(1000, work + capacity); // in thousandths of a call
    while (work >= 1000 && queue.length > 0) {
      const call = queue.shift() as { at: number; done: boolean };
      const late = now - call.at >= 1000;
      if (late && dropsExpired) continue; // costs nothing
      work -= 1000;
      call.done = !late;
      if (!late) answered[second] = (answered[second] ?? 0) + 1;
    }
  }
  return { answered, calls };
}
