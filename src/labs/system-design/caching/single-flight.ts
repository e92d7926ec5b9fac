import pg from 'pg';
import { lab } from '#labs/index.ts';
import { Cache, SingleFlight } from './single-flight/single-flight.ts';

export default lab({
  title: 'A hundred misses, one load',
  claim:
    'A hundred callers who miss the same key at once cost a hundred queries, one with single flight, and one for each process in a fleet; an old value can be served while one load replaces it.',
  engines: ['postgres'],
  async run({ postgres, fact, until }) {
    const db = await postgres();
    await db.query(
      `CREATE TABLE product (id text PRIMARY KEY, price int); INSERT INTO product VALUES ('p1', 100);
       CREATE SEQUENCE loads`,
    );
    const pool = new pg.Pool({ connectionString: db.url, max: 10 });
    try {
      // Every load takes a number from a sequence, so PostgreSQL itself counts them.
      // #region load
      const load = async (id: string): Promise<number | null> => {
        await pool.query(`SELECT nextval('loads')`);
        const { rows } = await pool.query<{ price: number }>('SELECT price FROM product WHERE id = $1', [id]);
        return rows[0]?.price ?? null;
      };
      // #endregion load
      const hundred = Array.from({ length: 100 }, (_, n) => n);
      const loadsOf = async (work: () => Promise<unknown>): Promise<number> => {
        await db.query(`SELECT setval('loads', 1, false)`);
        await work();
        return db.value<number>('SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM loads');
      };

      // #region misses
      const plain = new Map<string, number | null>();
      const getPlain = async (id: string): Promise<number | null> => {
        const hit = plain.get(id);
        if (hit !== undefined) return hit;
        const price = await load(id);
        plain.set(id, price);
        return price;
      };
      const naive = await loadsOf(() => Promise.all(hundred.map(() => getPlain('p1'))));

      let clock = 0;
      const cache = new Cache(load, () => clock);
      const single = await loadsOf(() => Promise.all(hundred.map(() => cache.get('p1'))));
      const processes = hundred.slice(0, 8).map(() => new Cache(load, () => clock));
      const each = await loadsOf(() =>
        Promise.all(hundred.map((n) => (processes[n % 8] ?? cache).get('p1'))),
      );
      // #endregion misses
      fact('loads for 100 misses without single flight', naive);
      fact('loads for 100 misses with single flight', single);
      fact('loads for 100 misses over eight processes', each);

      // An old value: everyone gets it at once, and one load replaces it.
      // #region stale
      await db.query(`UPDATE product SET price = 120`);
      clock += 60_000;
      let prices: (number | null)[] = [];
      const refreshes = await loadsOf(async () => {
        prices = await Promise.all(hundred.map(() => cache.get('p1')));
        await until('the refresh is in', async () => (await cache.get('p1')) === 120);
      });
      // #endregion stale
      fact('callers who got the old price without waiting', prices.filter((price) => price === 100).length);
      fact('loads for 100 readers of an old value', refreshes);

      // A product that does not exist, asked for a hundred times in a row.
      const truthy = new Map<string, number | null>();
      const absent = await loadsOf(async () => {
        for (let n = 0; n < 100; n++) {
          if (!truthy.get('p404')) truthy.set('p404', await load('p404'));
        }
      });
      const negative = await loadsOf(async () => {
        for (let n = 0; n < 100; n++) await cache.get('p404');
      });
      fact('loads for 100 requests of a missing product when null counts as a miss', absent);
      fact('loads when the absence is cached', negative);

      // A load that fails: the flight must not stay.
      // #region failure
      const flights = new SingleFlight<number | null>();
      const failing = (): Promise<never> => Promise.reject(new Error('connection refused'));
      const first = await Promise.allSettled(hundred.map(() => flights.run('p1', failing)));
      const next = await flights.run('p1', () => load('p1'));

      const kept = new Map<string, Promise<number | null>>(); // the promise itself is the cache
      const keep = (run: () => Promise<number | null>): Promise<number | null> => {
        const promise = kept.get('p1') ?? run();
        kept.set('p1', promise);
        return promise;
      };
      await keep(failing).catch(() => undefined);
      const later = await keep(() => load('p1')).catch((error: unknown) => (error as Error).message);
      // #endregion failure
      fact(
        'callers who share the error of one failed load',
        first.filter(({ status }) => status === 'rejected').length,
      );
      fact('the next call after it', String(next));
      fact('the next call when the promise itself was cached', String(later));
    } finally {
      await pool.end();
    }
  },
});
