/** What lab and task share: has it started, has `finally` run, how far is it, shall it stop, may it end. */
export const slots = { started: 0, cleaned: 1, progress: 2, stop: 3, end: 4 } as const;

/** A task of a million rows that polls nothing but this memory. */
export default (shared: Int32Array): string => {
  Atomics.store(shared, slots.started, 1);
  // #region task
  try {
    for (let row = 1; ; row += 1) {
      if (row % 1000 === 0) {
        Atomics.store(shared, slots.progress, row); // progress without a message
        if (Atomics.load(shared, slots.stop)) throw new Error('stopped at a row of its choice');
        if (Atomics.load(shared, slots.end)) return 'done';
      }
    }
  } finally {
    Atomics.store(shared, slots.cleaned, 1); // temporary files, locks
  }
  // #endregion task
};
