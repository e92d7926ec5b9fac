import { lab, type Point } from '#labs/index.ts';
import { request, seeded } from './chain/simulate.ts';

const counts = [1, 2, 3, 5, 8, 10] as const;
const minutesInMonth = 30 * 24 * 60;

// #region availability
/** Share of requests that succeed if each of `services` must answer and they fail independently. */
const allUp = (services: number, each: number): number => each ** services;

/** Share of requests in which at least one of `services` answers slowly, if each does with chance `slow`. */
const anySlow = (services: number, slow: number): number => 1 - (1 - slow) ** services;
// #endregion availability

export default lab({
  title: 'What a chain of services does to availability and to the tail',
  claim:
    'Availabilities multiply, and a tail that each service keeps below its 99th percentile becomes the 99th percentile of the chain. Arithmetic and simulation, no network.',
  engines: ['node'],
  async run({ node, fact, series, holds }) {
    await node(); // computed under the Node.js that is recorded with the result
    const percent = (share: number, digits: number): string => `${(share * 100).toFixed(digits)} %`;
    fact('arithmetic: each service is up 99.9 % of the time and all must answer', {
      columns: ['services', 'available', 'min down a month'],
      rows: counts.map((n) => [
        n,
        percent(allUp(n, 0.999), 2),
        Math.round((1 - allUp(n, 0.999)) * minutesInMonth),
      ]),
    });
    const down = (n: number): number => Math.round((1 - allUp(n, 0.999)) * minutesInMonth);
    fact('minutes down a month, one at 99.9 %', down(1), 'min');
    fact('minutes down a month, five at 99.9 %', down(5), 'min');
    fact('minutes down a month, two at 99.9 %', down(2), 'min');
    fact('what each of five must offer for 99.9 % together', percent(0.999 ** (1 / 5), 2));
    fact('requests with a slow answer, five services, 1 in 200 slow', percent(anySlow(5, 0.005), 1));

    // Simulated: 100,000 requests for each point.
    const rows = [];
    const inARow: Point[] = [];
    const atOnce: Point[] = [];
    for (const n of counts) {
      const row = request(n, 'in a row', seeded(2));
      const fan = request(n, 'at once', seeded(2));
      inARow.push([n, row.p99]);
      atOnce.push([n, fan.p99]);
      rows.push([n, row.p50, row.p99, fan.p99]);
    }
    fact('simulated: ms until the user has the answer', {
      columns: ['services', 'p50 in a row', 'p99 in a row', 'p99 at once'],
      rows,
    });
    series('simulated: 99th percentile by services, each with 15 ms of its own', {
      x: 'services',
      y: 'p99',
      unit: 'ms',
      exact: true,
      points: { 'in a row': inARow, 'at once': atOnce },
    });
    const [first, , third] = inARow;
    fact('simulated: p99 of one service', first?.[1] ?? 0, 'ms');
    fact('simulated: p99 of three in a row', third?.[1] ?? 0, 'ms');
    fact('simulated: p50 of three in a row', Number(rows[2]?.[1]), 'ms');
    fact('simulated: p99 of three at once', atOnce[2]?.[1] ?? 0, 'ms');
    holds('Calls at once do not remove the tail', (atOnce[2]?.[1] ?? 0) > 5 * (atOnce[0]?.[1] ?? 0));
  },
});
