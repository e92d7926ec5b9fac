import pg from 'pg';
import { lab, type Point } from '#labs/index.ts';

const before = 0.04; // seconds of work that everybody does alone
const locked = 0.01; // seconds while the row is locked
const seconds = 0.6; // length of a run

/** Which row of `stock` a worker updates. */
type Choose = (worker: number) => number;

const designs: readonly (readonly [string, Choose])[] = [
  ['one row for all', () => 0],
  ['one of 16 rows', (worker) => worker % 16],
];

export default lab({
  title: 'Capacity added beside the bottleneck',
  claim:
    'A row that each request locks for 10 ms caps the system at 100 requests a second, with four workers or sixteen; with the row split, four times the workers do more than twice as much.',
  engines: ['postgres'],
  timeout: 120,
  async run({ postgres, defer, fact, holds, measure, series }) {
    const db = await postgres();
    await db.query(
      'CREATE TABLE stock (slot int PRIMARY KEY, n int NOT NULL); INSERT INTO stock SELECT g, 0 FROM generate_series(0, 15) g',
    );
    const pool = new pg.Pool({ connectionString: db.url, max: 16 });
    defer(() => pool.end());
    const clients = await Promise.all(Array.from({ length: 16 }, () => pool.connect()));
    defer(() => {
      for (const client of clients) client.release();
    });

    /** Requests a second of so many workers, each starting the next when the last is done. */
    const run = async (workers: number, choose: Choose): Promise<number> => {
      const start = performance.now();
      let done = 0;
      // #region request
      const request = (slot: number): string => `
        SELECT pg_sleep(${before});                          -- in parallel
        BEGIN;
        UPDATE stock SET n = n + 1 WHERE slot = ${slot};     -- takes the lock
        SELECT pg_sleep(${locked});                          -- while others wait for it
        COMMIT`;
      // #endregion request
      await Promise.all(
        clients.slice(0, workers).map(async (client, worker) => {
          while (performance.now() - start < seconds * 1000) {
            await client.query(request(choose(worker)));
            done += 1;
          }
        }),
      );
      return done / ((performance.now() - start) / 1000);
    };

    fact('ceiling of one row by arithmetic', 1 / locked, 'requests/s');
    fact('16 workers without a queue, by arithmetic', 16 / (before + locked), 'requests/s');
    const plot: Record<string, Point[]> = {};
    const rates = new Map<string, number>();
    for (const [name, choose] of designs) {
      plot[name] = [];
      for (const workers of [1, 4, 16]) {
        const rate = await run(workers, choose);
        rates.set(`${name}, ${workers}`, rate);
        plot[name].push([workers, rate]);
        measure(`${name}, ${workers} ${workers === 1 ? 'worker' : 'workers'}`, rate, 'requests/s');
      }
    }
    series('throughput by workers', { x: 'workers', y: 'requests/s', points: plot });
    const gain = (name: string): number =>
      (rates.get(`${name}, 16`) ?? NaN) / (rates.get(`${name}, 4`) ?? NaN);
    measure('gain from four times the workers, one row', gain('one row for all'), '×');
    measure('gain from four times the workers, 16 rows', gain('one of 16 rows'), '×');
    holds(
      'One row never passes its ceiling',
      [1, 4, 16].every((workers) => (rates.get(`one row for all, ${workers}`) ?? NaN) <= 1 / locked + 2),
    );
    holds('Split, four times the workers do over twice as much', gain('one of 16 rows') > 2);
    holds(
      'Four times the workers gain more with 16 rows than with one',
      gain('one of 16 rows') > 1.3 * gain('one row for all'),
    );
  },
});
