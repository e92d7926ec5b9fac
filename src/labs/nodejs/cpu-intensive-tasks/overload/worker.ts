/** What the lab shares with the thread: the time in ticks, and whether the thread waits for the next one. */
export const slots = { now: 0, waiting: 1 } as const;

export interface Call {
  readonly shared: Int32Array;
  readonly id: number;
  /** The last tick at which anyone still wants the answer. */
  readonly until: number;
}

// #region task
/** Takes exactly one tick, unless the caller will have left by then. Gives its id, or -1 when it did nothing. */
export default ({ shared, id, until }: Call): number => {
  const now = Atomics.load(shared, slots.now);
  if (now + 1 > until) return -1;
  Atomics.store(shared, slots.waiting, 1);
  Atomics.wait(shared, slots.now, now); // the lab moves the time on
  Atomics.store(shared, slots.waiting, 0);
  return id;
};
// #endregion task
