import pg from 'pg';
import { lab, type Point } from '#labs/index.ts';

/** Pseudo-random numbers in (0, 1), the same on every run (a linear congruential generator with the constants of Numerical Recipes). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

const connections = 16;
const service = 0.08; // seconds that the query sleeps
const ceiling = connections / service;
const planned = 0.8; // seconds of arrivals in a step

/** What one step of load showed. Times in ms; the in-flight numbers are means of samples taken every 2 ms. */
interface Observed {
  readonly rate: number;
  readonly mean: number;
  readonly p95: number;
  readonly inSystem: number;
  readonly busy: number;
}

/** Offers `rate` requests a second at planned, random times, and observes until the last answer has come. */
async function offer(pool: pg.Pool, rate: number): Promise<Observed> {
  const next = random(11);
  const arrivals: number[] = [];
  for (let at = 0; at < planned; at -= Math.log(next()) / rate) arrivals.push(at * 1000);
  const waits: number[] = [];
  const samples: { inSystem: number; busy: number }[] = [];
  let arrived = 0;
  // #region step
  const start = performance.now();
  const sampler = setInterval(() => {
    const busy = pool.totalCount - pool.idleCount;
    samples.push({ inSystem: arrived - waits.length, busy });
  }, 2);
  const request = async (due: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, start + due - performance.now()));
    arrived += 1;
    const began = performance.now();
    await pool.query('SELECT pg_sleep($1)', [service]);
    waits.push(performance.now() - began);
  };
  await Promise.all(arrivals.map(request));
  const took = performance.now() - start;
  clearInterval(sampler);
  // #endregion step
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    rate: waits.length / (took / 1000),
    mean: mean(waits),
    p95: waits.toSorted((a, b) => a - b)[Math.ceil(waits.length * 0.95) - 1] ?? NaN,
    inSystem: mean(samples.map(({ inSystem }) => inSystem)),
    busy: mean(samples.map(({ busy }) => busy)),
  };
}

/** Times in ms of so many requests at `share` of the ceiling once the queue has settled: simulated, first come first served. */
function settled(share: number, requests: number): { readonly mean: number; readonly p95: number } {
  const next = random(11);
  const freeAt = Array.from({ length: connections }, () => 0);
  const waits: number[] = [];
  let now = 0;
  // #region settled
  for (let i = 0; i < requests; i += 1) {
    now -= Math.log(next()) / (ceiling * share);
    const soonest = Math.min(...freeAt);
    const end = Math.max(now, soonest) + service;
    freeAt[freeAt.indexOf(soonest)] = end;
    waits.push((end - now) * 1000);
  }
  // #endregion settled
  return {
    mean: waits.reduce((sum, wait) => sum + wait, 0) / requests,
    p95: waits.toSorted((a, b) => a - b)[Math.ceil(requests * 0.95) - 1] ?? NaN,
  };
}

export default lab({
  title: 'Load raised until it bends',
  claim:
    'Sixteen connections and a query of 80 ms bend at 16 / 0.08 = 200 requests a second; Little’s law holds on every step, and predicts the ceiling from a step at a quarter of it.',
  engines: ['postgres'],
  timeout: 120,
  async run({ postgres, defer, fact, holds, measure, series }) {
    const db = await postgres();
    const pool = new pg.Pool({ connectionString: db.url, max: connections });
    defer(() => pool.end());
    await Promise.all(Array.from({ length: connections }, () => pool.query('SELECT pg_sleep(0.02)'))); // warm
    fact('ceiling by arithmetic', ceiling, 'requests/s');

    const steps = new Map<number, Observed>();
    for (const share of [25, 50, 75, 90, 200]) steps.set(share, await offer(pool, (ceiling * share) / 100));
    const points: Record<'mean' | 'p95' | 'λW' | 'L', Point[]> = { mean: [], p95: [], λW: [], L: [] };
    for (const [share, { rate, mean, p95, inSystem }] of steps) {
      const offered = (ceiling * share) / 100;
      points.mean.push([offered, mean]);
      points.p95.push([offered, p95]);
      points.λW.push([offered, (rate * mean) / 1000]);
      points.L.push([offered, inSystem]);
    }
    series('response time by offered load', {
      x: 'offered load, requests/s',
      y: 'time',
      unit: 'ms',
      points: { mean: points.mean, '95th percentile': points.p95 },
    });
    series('requests in the system, counted and by Little’s law', {
      x: 'offered load, requests/s',
      y: 'requests',
      points: { 'L, sampled': points.L, 'λ × W': points.λW },
    });

    const [light, heavy] = [steps.get(25), steps.get(200)];
    if (!light || !heavy) throw new Error('A step is missing.');
    measure('mean time at 25 percent', light.mean, 'ms');
    measure('mean time at 75 percent', steps.get(75)?.mean ?? NaN, 'ms');
    measure('mean time at 200 percent', heavy.mean, 'ms');
    measure('rate at 200 percent', heavy.rate, 'requests/s');
    measure('rate at 25 percent', light.rate, 'requests/s');
    measure('busy connections at 25 percent', light.busy, 'connections');
    const perConnection = light.rate / light.busy; // one busy connection serves so many a second
    const predicted = connections * perConnection;
    measure('ceiling predicted at 25 percent', predicted, 'requests/s');
    for (const share of [75, 90]) {
      const { mean, p95 } = settled(share / 100, 100_000);
      fact(`settled mean time at ${share} percent, simulated`, Math.round(mean), 'ms');
      fact(`settled 95th percentile at ${share} percent, simulated`, Math.round(p95), 'ms');
    }
    holds(
      'L is λW within a third, on every step',
      [...steps.values()].every(({ rate, mean, inSystem }) => {
        const ratio = inSystem / ((rate * mean) / 1000);
        return ratio > 0.67 && ratio < 1.5;
      }),
    );
    holds(
      'A step at a quarter of the load predicts the ceiling by arithmetic, between 0.6 and 1.1 of it',
      predicted > 0.6 * ceiling && predicted < 1.1 * ceiling,
    );
    holds('Never more answers than the ceiling allows', heavy.rate <= ceiling * 1.02);
    holds(
      'At twice the ceiling a request takes over twice as long as at a quarter',
      heavy.mean > 2 * light.mean,
    );
  },
});
