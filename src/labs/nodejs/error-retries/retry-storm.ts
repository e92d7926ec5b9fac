import type { IncomingMessage } from 'node:http';
import { lab, type Point } from '#labs/index.ts';
import { delayAfter, herd, overload, seeded, type Policy } from './retry-storm/simulate.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

export default lab({
  title: 'What jitter does for a storm, and what brings the system back',
  claim:
    'Full jitter spreads a herd of retries; it does not reduce a load that retries have multiplied. Under a budget, with a short queue, or when the server drops what has expired, the same system comes back by itself.',
  engines: ['http'],
  async run({ http, fact, holds, series }) {
    // Simulated: 1,000 clients refused in the same slot.
    // #region herd
    const random = seeded(12);
    const plain = herd(1000, 100, (n) => Math.min(3200, 100 * 2 ** (n - 1)));
    const jittered = herd(1000, 100, (n) => delayAfter(n, random));
    // #endregion herd
    series('simulated: calls in each 100 ms after 1,000 clients failed together', {
      x: 'time',
      xUnit: 'ms',
      y: 'calls',
      exact: true,
      points: {
        'exponential, no jitter': points(plain.slice(0, 60), 100),
        'exponential, full jitter': points(pad(jittered, 60).slice(0, 60), 100),
      },
    });
    fact('simulated calls without jitter', sum(plain));
    fact('simulated calls with full jitter', sum(jittered));
    const idle = (slots: readonly number[]): number => slots.filter((n) => n === 0).length / slots.length;
    holds('simulated: without jitter the server has nothing to do in nine of ten slots', idle(plain) > 0.9);
    fact('simulated seconds until the last client is served, without jitter', plain.length / 10, 's');
    fact('simulated seconds until the last client is served, with full jitter', jittered.length / 10, 's');

    // Simulated: a standstill of five seconds, and who comes back.
    // #region overload
    const policies: Record<string, Policy> = {
      'no retries': { attempts: 1 },
      '4 attempts': { attempts: 4 },
      '4 attempts, budget': { attempts: 4, budget: 0.1 },
      '4 attempts, expired dropped': { attempts: 4, dropsExpired: true },
      '4 attempts, queue of 50': { attempts: 4, queueLimit: 50 },
    };
    const world = { load: 70, capacity: 100, until: 15, seconds: 90 };
    const runs = Object.entries(policies).map(([name, policy]) => {
      const { answered, calls } = overload(policy, world, seeded(12));
      return { name, answered, calls, back: backAfter(answered, world) };
    });
    const quiet = { ...world, load: 20 };
    const quietBack = backAfter(overload({ attempts: 4 }, quiet, seeded(12)).answered, quiet);
    const longQueue = overload({ attempts: 4, queueLimit: 150 }, world, seeded(12)).answered;
    // #endregion overload
    const never = `at no point in ${world.seconds - world.until} s`;
    series('simulated: requests answered in time, each second; standstill from 10 to 15', {
      x: 'time',
      xUnit: 's',
      y: 'answered in time',
      unit: 'req/s',
      exact: true,
      points: Object.fromEntries(runs.map(({ name, answered }) => [name, points(answered.slice(0, 60), 1)])),
    });
    fact('simulated: after the standstill is over', {
      columns: ['policy', 'back (s)', 'calls/s'],
      rows: runs.map(({ name, back, calls }) => [
        name,
        back ?? never,
        Math.round(sum(calls.slice(-10)) / 10),
      ]),
    });
    for (const { name, back } of runs) {
      fact(`simulated: ${name}, back after`, back ?? never, ...(back === undefined ? [] : ['s']));
    }

    const longBack = backAfter(longQueue, world);
    fact(
      'simulated: 4 attempts, queue of 150, back after',
      longBack ?? never,
      ...(longBack === undefined ? [] : ['s']),
    );
    fact(
      'simulated: 4 attempts at 20 requests a second, back after',
      quietBack ?? never,
      ...(quietBack === undefined ? [] : ['s']),
    );

    // Real: three services in a row above a database that fails, each with four attempts.
    /** Four attempts in a row without a wait; stops at the deadline, in milliseconds since the epoch. */
    // #region layers
    const call = async (url: string, attempts: number, deadline: number): Promise<number> => {
      let status = 504;
      for (let n = 1; n <= attempts && status >= 500 && Date.now() < deadline; n++) {
        const response = await fetch(url, { headers: { 'x-deadline': String(deadline) } });
        await response.body?.cancel();
        status = response.status;
      }
      return status;
    };
    // #endregion layers
    const deadlineOf = (request: IncomingMessage): number => Number(request.headers['x-deadline']);
    let reached = 0;
    let pause = 0;
    const database = await http.serve((_, response) => {
      reached++;
      setTimeout(() => response.writeHead(503).end(), pause);
    });
    const chain = async (attempts: readonly number[], patience: number, passOn: boolean): Promise<number> => {
      let url = database.url;
      for (const tries of attempts.slice(1).reverse()) {
        const below = url;
        const service = await http.serve((request, response) => {
          void call(below, tries, passOn ? deadlineOf(request) : Infinity).then((status) =>
            response.writeHead(status).end(),
          );
        });
        url = service.url;
      }
      reached = 0;
      await call(url, attempts[0] ?? 1, passOn ? Date.now() + patience : Infinity);
      return reached;
    };
    fact(
      'calls at the bottom when each of three layers makes four attempts',
      await chain([4, 4, 4], 0, false),
    );
    fact('calls at the bottom when only the top layer does', await chain([4, 1, 1], 0, false));
    pause = 25;
    const bounded = await chain([4, 4, 4], 250, true);
    holds(
      'With a deadline of 250 ms that every layer passes on, calls of 25 ms reach the bottom at most 12 times',
      bounded <= 12,
    );
  },
});

/** Points of a plot from one value for each step of `width`. */
function points(values: readonly number[], width: number): Point[] {
  return values.map((value, index) => [index * width, value]);
}

/** Seconds from the end of the standstill until every later second answers at least nine in ten of its requests. */
function backAfter(
  answered: readonly number[],
  { load, until, seconds }: { load: number; until: number; seconds: number },
): number | undefined {
  const lastBad = answered.findLastIndex((n) => n < load * 0.9);
  return lastBad + 1 < seconds ? Math.max(0, lastBad + 1 - until) : undefined;
}

function pad(values: readonly number[], length: number): number[] {
  return [...values, ...Array.from({ length: Math.max(0, length - values.length) }, () => 0)];
}
