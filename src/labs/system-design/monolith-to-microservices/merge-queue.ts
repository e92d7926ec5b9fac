import { lab } from '#labs/index.ts';
import { seeded } from './chain/simulate.ts';

const day = 600; // minutes

// #region queue
/** Mean wait in minutes by the formula, for `merges` a day at random times and a pipeline of `minutes`. */
const formula = (merges: number, minutes: number): number => {
  const full = (merges * minutes) / day;
  return (full / (2 * (1 - full))) * minutes;
};

/** The same simulated for `days`; what is left in the evening waits for the morning, or is released at night. */
function simulated(merges: number, minutes: number, night: boolean, random: () => number, days = 20_000) {
  let [now, free, waited, count] = [0, 0, 0, 0];
  for (;;) {
    const next = now - Math.log(1 - random()) * (day / merges);
    if (next > days * day) return waited / count;
    if (night && Math.floor(next / day) > Math.floor(now / day)) free = 0;
    now = next;
    const start = Math.max(now, free);
    waited += start - now;
    count += 1;
    free = start + minutes;
  }
}
// #endregion queue

export default lab({
  title: 'How long a merge waits for the pipeline',
  claim:
    'Near its limit a pipeline makes merges wait for hours, halving it cures that, and the formula holds if the evening’s queue is still there in the morning. A simulation; no pipeline runs.',
  engines: ['node'],
  async run({ node, fact, holds }) {
    await node();
    const rows: [string, number, number, number][] = [];
    for (const [merges, minutes] of [
      [10, 30],
      [16, 30],
      [18, 30],
      [18, 15],
    ] as const) {
      const [kept, cleared] = [false, true].map((night) => simulated(merges, minutes, night, seeded(2)));
      rows.push([
        `${merges} × ${minutes}`,
        Math.round(formula(merges, minutes)),
        Math.round(kept ?? 0),
        Math.round(cleared ?? 0),
      ]);
    }
    fact('mean wait in minutes', {
      columns: ['load', 'formula', 'kept', 'cleared'],
      rows,
    });
    fact('18 merges a day, cleared at night', rows[2]?.[3] ?? 0, 'min');
    fact('16 merges a day, cleared at night', rows[1]?.[3] ?? 0, 'min');
    holds(
      'Formula and simulation differ by less than a tenth',
      rows.every(([, computed, kept]) => Math.abs(kept - computed) <= Math.max(1, computed / 10)),
    );
  },
});
