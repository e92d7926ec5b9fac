import { lab } from '#labs/index.ts';

// #region tail
/** Chance of at least `k` errors among `n` requests that each fail with probability `p` (binomial distribution). */
function atLeast(k: number, n: number, p: number): number {
  let term = (1 - p) ** n; // exactly none
  let below = 0;
  for (let errors = 0; errors < k; errors++) {
    below += term;
    term *= ((n - errors) / (errors + 1)) * (p / (1 - p));
  }
  return 1 - below;
}

/** The fewest errors that a healthy release reaches in at most 1 % of all rollouts. */
function limit(n: number, healthy: number): number {
  let k = 1;
  while (atLeast(k, n, healthy) > 0.01) k++;
  return k;
}
// #endregion tail

const healthy = 0.001;
const bad = [0.1, 0.02, 0.01, 0.005];
/** Chance that one of `looks`, one after each `every` requests, finds the limit for the requests so far reached. */
function stopped(looks: number, every: number, p: number): number {
  let going = [1]; // the chance of 0, 1, 2 … errors so far, in rollouts that still go on
  for (let look = 1; look <= looks; look++) {
    const allowed = limit(look * every, healthy);
    const next = Array.from({ length: allowed }, () => 0);
    for (const [before, chance] of going.entries()) {
      let term = chance * (1 - p) ** every;
      for (let more = 0; before + more < allowed; more++) {
        next[before + more] = (next[before + more] ?? 0) + term;
        term *= ((every - more) / (more + 1)) * (p / (1 - p));
      }
    }
    going = next;
  }
  return 1 - going.reduce((sum, chance) => sum + chance, 0);
}

/** Chance of 0, 1, 2 … `most` errors among `n` requests. */
function chances(n: number, p: number, most: number): number[] {
  const all = [(1 - p) ** n];
  for (let k = 0; k < most; k++) all.push(((all[k] ?? 0) * ((n - k) / (k + 1)) * p) / (1 - p));
  return all;
}

/** Fisher's exact test, one-sided: the chance that of `errors` at least `x` fall among the canary's `n` by accident. */
function fisher(x: number, errors: number, n: number, control: number): number {
  let term = 1; // none in the canary
  for (let i = 0; i < errors; i++) term *= (control - i) / (n + control - i);
  let below = 0;
  for (let k = 0; k < x; k++) {
    below += term;
    term *= ((errors - k) / (k + 1)) * ((n - k) / (control - errors + k + 1));
  }
  return 1 - below;
}

/** Chance to catch a release that fails 1 % by comparing `n` requests with those of a healthy control `times` as large. */
function caughtByControl(n: number, times: number): number {
  const most = 80;
  const canary = chances(n, 0.01, most);
  let sum = 0;
  for (const [y, chance] of chances(n * times, healthy, most).entries()) {
    let x = 0;
    while (x <= most && fisher(x, x + y, n, n * times) > 0.01) x++;
    sum += chance * canary.slice(x).reduce((all, one) => all + one, 0);
  }
  return sum;
}

const percent = (part: number): string => `${Number((part * 100).toPrecision(3))} %`;

export default lab({
  title: 'How many requests a canary needs',
  claim:
    'The errors that tell a bad release from a healthy one need hundreds to thousands of requests in the canary: computed exactly for a healthy error rate of 0.1 %; looking again and again raises false alarms.',
  engines: ['node'],
  async run({ node, fact, series, holds }) {
    await node(); // computed under the Node.js that is recorded with the result

    // #region needed
    /** The fewest requests after which a release that fails at `rate` is caught in 95 % of all rollouts, for good. */
    const needed = (rate: number): number => {
      let n = 10;
      const caught = (requests: number): boolean => atLeast(limit(requests, healthy), requests, rate) >= 0.95;
      while (!(caught(n) && caught(n * 1.1) && caught(n * 1.2))) n += 10;
      return n;
    };
    // #endregion needed
    const rows = bad.map((rate) => {
      const requests = needed(rate);
      return [percent(rate), requests, limit(requests, healthy), Math.ceil(requests / 4 / 6) / 10];
    });
    fact('Requests until 95 of 100 such releases are caught', {
      columns: ['release fails', 'requests', 'roll back at errors', 'minutes at 4 a second'],
      rows,
    });
    for (const [rate, once] of [
      [0.01, '1 in 100'],
      [0.005, '1 in 200'],
    ] as const) {
      const requests = needed(rate);
      fact(`Requests that catch a failure of ${once}`, requests, 'requests');
      fact(`At 4 a second, a failure of ${once}`, Math.ceil(requests / 4 / 6) / 10, 'minutes');
    }
    const sizes = [100, 200, 400, 800, 1600, 3200];
    series('Chance to catch a bad release', {
      x: 'requests in the canary',
      y: 'caught',
      unit: '%',
      exact: true,
      points: Object.fromEntries(
        bad
          .slice(1)
          .map((rate) => [
            `fails ${percent(rate)}`,
            sizes.map((n) => [n, Math.round(100 * atLeast(limit(n, healthy), n, rate))] as const),
          ]),
      ),
    });
    fact(
      'One error in 100 requests: healthy releases rolled back',
      percent(Number(atLeast(1, 100, healthy).toFixed(3))),
    );
    const hour = stopped(60, 240, healthy);
    fact('Looking every minute for an hour: healthy releases rolled back', percent(Number(hour.toFixed(3))));
    holds('repeated looks raise more false alarms than one', hour > 0.01);
    holds(
      'one look is one look',
      Math.abs(stopped(1, 240, 0.01) - atLeast(limit(240, healthy), 240, 0.01)) < 1e-9,
    );
    for (const [times, name] of [
      [1, 'of the same size'],
      [10, 'ten times as large'],
    ] as const) {
      fact(`Control ${name}: 920 requests catch`, percent(Number(caughtByControl(920, times).toFixed(2))));
      let n = 900;
      while (![1, 1.1, 1.2].every((more) => caughtByControl(Math.round(n * more), times) >= 0.95)) n += 10;
      fact(`Control ${name}: requests needed`, n, 'requests');
    }
    fact('Canary of 5 % that fails 10 %, seen in the average', percent(0.05 * 0.1 + 0.95 * healthy));
    holds(
      'a smaller error rate needs more requests',
      rows.every((row, i) => i === 0 || Number(row[1]) > Number(rows[i - 1]?.[1])),
    );
  },
});
