import { lab } from '#labs/index.ts';
import { seeded } from './chain/simulate.ts';

const day = 600; // minutes

// #region queue
/** Mean wait in minutes by the formula, for `merges` a day at random times and a pipeline of `minutes`. */
const formula = (merges: number, minutes: number): number => {
  const full = (merges * minutes) / day;
  return (full / (2 * (1 - full))) * minutes;
};

/** Working time on the clock: the night between two days is 14 hours long. */
const clock = (time: number): number => time + Math.floor(time / day) * (24 * 60 - day);

/** The same simulated for `days`, with up to `batch` merges a run; what is left in the evening waits for the morning. */
function simulated(merges: number, minutes: number, random: () => number, { night = false, batch = 1 } = {}) {
  const days = 20_000;
  let [now, free, aboard, waited, byClock, count] = [0, 0, 0, 0, 0, 0];
  let start = 0;
  for (;;) {
    const next = now - Math.log(1 - random()) * (day / merges);
    if (next > days * day) return { waited: waited / count, byClock: byClock / count };
    if (night && Math.floor(next / day) > Math.floor(now / day)) free = 0; // the night cleared the queue
    now = next;
    if (now <= start && aboard < batch)
      aboard += 1; // joins the run that has not begun
    else {
      start = Math.max(now, free);
      free = start + minutes;
      aboard = 1;
    }
    waited += start - now;
    byClock += clock(start) - clock(now);
    count += 1;
  }
}
// #endregion queue

export default lab({
  title: 'How long a merge waits for the pipeline',
  claim:
    'Near its limit a pipeline makes merges wait for hours, two merges a run or half the minutes cure that, and the formula holds if the evening’s queue is still there in the morning. A simulation; no pipeline runs.',
  engines: ['node'],
  async run({ node, fact, holds }) {
    await node();
    const rows: [string, ...number[]][] = [];
    for (const [merges, minutes] of [
      [10, 30],
      [16, 30],
      [18, 30],
      [18, 15],
    ] as const) {
      const kept = simulated(merges, minutes, seeded(2));
      const cleared = simulated(merges, minutes, seeded(2), { night: true });
      const two = simulated(merges, minutes, seeded(2), { batch: 2 });
      const waits = [formula(merges, minutes), kept.waited, kept.byClock, cleared.waited, two.waited];
      rows.push([`${merges} × ${minutes}`, ...waits.map(Math.round)]);
    }
    fact('mean wait in minutes', {
      columns: ['load', 'formula', 'kept', 'clock', 'cleared', 'two'],
      rows,
    });
    const [, , busy = []] = rows;
    fact('18 merges a day, by the clock', busy[3] ?? 0, 'min');
    fact('18 merges a day, cleared at night', busy[4] ?? 0, 'min');
    fact('18 merges a day, two a run', busy[5] ?? 0, 'min');
    holds(
      'Formula and simulation differ by less than a tenth',
      rows.every(([, computed = 0, kept = 0]) => Math.abs(kept - computed) <= Math.max(1, computed / 10)),
    );
  },
});
