import { get, Agent } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { lab } from '#labs/index.ts';

/** Pseudo-random numbers in (0, 1), the same on every run (a linear congruential generator with the constants of Numerical Recipes). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / 2 ** 32;
  };
}

/** So many requests per second for so many seconds, at times that do not know of each other, in ms from the start. */
function arrivals(rate: number, seconds: number): readonly number[] {
  const next = random(7);
  return Array.from({ length: rate * seconds }, () => next() * seconds * 1000).sort((a, b) => a - b);
}

const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * part) - 1)] ?? NaN;

export default lab({
  title: 'Utilisation under load, and the wait that a closed loop never counts',
  claim:
    'Latency stays flat while utilisation climbs and bends upwards before it reaches one; a load test that waits for each answer counts one slow request for a stall that made half of the planned ones wait.',
  engines: ['node'],
  alone: true,
  async run({ node, defer, fact, holds, measure, series }) {
    const server = (await node()).start('under-load/server.cjs');
    const [, port = ''] = await server.line(/listening on (\d+)/);
    const agent = new Agent({ keepAlive: true });
    defer(() => {
      agent.destroy();
    });
    const ask = (path: string) =>
      new Promise<string>((resolve, reject) => {
        get({ port, path, agent }, (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (part: string) => (body += part));
          response.on('end', () => {
            resolve(body);
          });
        }).on('error', reject);
      });

    // #region open
    /** Sends at the planned times, whatever the answers do. A wait counts from the planned time. */
    const open = async (planned: readonly number[]): Promise<number[]> => {
      const start = performance.now();
      return Promise.all(
        planned.map(async (at) => {
          await wait(Math.max(0, at - (performance.now() - start)));
          await ask('/price');
          return performance.now() - start - at;
        }),
      );
    };
    // #endregion open
    // #region closed
    /** Sends the next request when the answer has come. A wait counts from the sending. */
    const closed = async (ms: number): Promise<number[]> => {
      const waits: number[] = [];
      for (const start = performance.now(); performance.now() - start < ms;) {
        const sent = performance.now();
        await ask('/price');
        waits.push(performance.now() - sent);
      }
      return waits;
    };
    // #endregion closed

    await closed(200); // warms the server up
    // Every request computes for 4 ms, so one thread can do 250 a second.
    const steps: { rate: number; utilisation: number; median: number; p95: number }[] = [];
    for (const rate of [50, 100, 150, 200, 230]) {
      const planned = arrivals(rate, 0.7);
      await ask('/gauges');
      const waits = await open(planned);
      const { utilization } = JSON.parse(await ask('/gauges')) as { utilization: number };
      steps.push({
        rate,
        utilisation: utilization * 100,
        median: percentile(waits, 0.5),
        p95: percentile(waits, 0.95),
      });
    }
    series('event-loop utilisation', {
      x: 'requests per second',
      y: 'utilisation',
      unit: '%',
      points: steps.map(({ rate, utilisation }) => [rate, utilisation]),
    });
    series('waiting time', {
      x: 'requests per second',
      y: 'from planned to answered',
      unit: 'ms',
      points: {
        median: steps.map(({ rate, median }) => [rate, median]),
        '95th percentile': steps.map(({ rate, p95 }) => [rate, p95]),
      },
    });
    for (const { rate, utilisation, median, p95 } of steps.filter(({ rate }) =>
      [50, 200, 230].includes(rate),
    )) {
      measure(`utilisation at ${rate} a second`, utilisation, '%');
      measure(`median at ${rate} a second`, median, 'ms');
      measure(`95th percentile at ${rate} a second`, p95, 'ms');
    }
    const [lowest, highest] = [steps[0], steps.at(-1)];
    if (!lowest || !highest) throw new Error('No step ran.');
    holds('Utilisation is higher at 230 a second than at 50', highest.utilisation > lowest.utilisation);
    holds('The median wait is longer at 230 a second than at 50', highest.median > lowest.median);

    // The server stalls once, for 300 ms, 300 ms after it is told to.
    await ask('/stall-soon');
    const seen = await closed(1000);
    // Open connections keep requests in order. New ones wait to be accepted, and later requests overtake them.
    await Promise.all(Array.from({ length: 80 }, () => ask('/gauges')));
    await ask('/stall-soon');
    const felt = await open(Array.from({ length: 100 }, (_, index) => index * 10));
    const { handlers } = JSON.parse(await ask('/gauges')) as { handlers: number[] };
    const byServer = handlers.slice(-felt.length);
    const slow = (waits: readonly number[]) => waits.filter((ms) => ms > 100).length;
    for (const [name, waits] of [
      ['closed loop', seen],
      ['open loop', felt],
    ] as const) {
      measure(`${name}, share slower than 100 ms`, (100 * slow(waits)) / waits.length, '%');
      measure(`${name}, 95th percentile`, percentile(waits, 0.95), 'ms');
      measure(`${name}, maximum`, Math.max(...waits), 'ms');
    }
    measure('open loop, 95th percentile by the server', percentile(byServer, 0.95), 'ms');
    holds(
      "The server's own clock has less than half of the 95th percentile that was waited",
      percentile(byServer, 0.95) < percentile(felt, 0.95) / 2,
    );
    fact('requests that the plan has in 300 ms of stall', 300 / 10);
    const late = felt.filter((ms) => ms > 20);
    measure('open loop, requests later than 20 ms', late.length, 'requests');
    measure('open loop, their mean', late.reduce((sum, ms) => sum + ms, 0) / late.length, 'ms');
    holds('More requests are late than were due in the stall', late.length > 30);
    holds('Both loops saw the stall in their maximum', Math.max(...seen) > 250 && Math.max(...felt) > 250);
    holds(
      'The share of slow requests is more than five times as high in the open loop',
      slow(felt) / felt.length > (5 * slow(seen)) / seen.length,
    );
    holds(
      'Its 95th percentile is more than twice as high',
      percentile(felt, 0.95) > 2 * percentile(seen, 0.95),
    );
  },
});
