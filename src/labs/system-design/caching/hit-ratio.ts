import { lab, type Point } from '#labs/index.ts';
import { databaseReads, hitRatioOfKey, lruHits, refusedShare, seeded, zipf } from './hit-ratio/simulate.ts';

const percent = (ratio: number): number => Math.round(ratio * 10_000) / 100;

export default lab({
  title: 'What a hit ratio means for the database',
  claim:
    'Database load follows the misses: from 99 to 98 % hits it doubles. Keys that are rarely read hardly hit at any expiry, and the last per cents of the ratio cost most of the memory.',
  engines: ['node'],
  async run({ fact, series, holds }) {
    // Computed.
    const reads = 20_000;
    const ratios = [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995];
    fact('computed: of 20,000 reads a second the database sees', {
      columns: ['hit ratio (%)', 'queries/s'],
      rows: ratios.map((hit) => [percent(hit), databaseReads(reads, hit)]),
    });
    fact('queries a second at 99 %', databaseReads(reads, 0.99));
    fact('queries a second at 98 %', databaseReads(reads, 0.98));
    fact('queries a second at 95 %', databaseReads(reads, 0.95));
    fact('times the load when a cache at 95 % is lost', Math.round(1 / (1 - 0.95)));
    series('computed: database queries a second over the hit ratio, 20,000 reads a second', {
      x: 'hit ratio',
      xUnit: '%',
      y: 'queries',
      unit: 'queries/s',
      exact: true,
      points: [80, 85, 90, 95, 96, 97, 98, 99].map((hit): Point => [hit, databaseReads(reads, hit / 100)]),
    });
    fact('computed: hit ratio of one key at an expiry of 60 s', {
      columns: ['reads of the key', 'hit ratio (%)', 'loads an hour'],
      rows: (
        [
          ['one an hour', 1 / 3600],
          ['one a minute', 1 / 60],
          ['one a second', 1],
          ['100 a second', 100],
        ] as const
      ).map(([name, rate]) => {
        const hit = hitRatioOfKey(rate, 60);
        return [name, percent(hit), Math.round(rate * 3600 * (1 - hit) * 10) / 10];
      }),
    });
    const sixteen = hitRatioOfKey(1 / 16, 60);
    fact(
      'computed: a key read once a second, hit ratio in a shared cache',
      percent(hitRatioOfKey(1, 60)),
      '%',
    );
    fact('computed: the same key in 16 processes with a cache each', percent(sixteen), '%');

    // Simulated: 20,000 products, asked for by Zipf's law, in caches of five sizes.
    const products = 20_000;
    const requests = 200_000;
    // Every product once, the rare ones first, so that no cache starts cold.
    const warming = Array.from({ length: products }, (_, n) => products - 1 - n);
    const stream = [...warming, ...Array.from({ length: requests }, zipf(products, seeded(5)))];
    const simulate = (capacity: number): number => {
      return percent(lruHits(stream, capacity, products + requests / 2) / (requests / 2));
    };
    const sizes = [20, 200, 2000, 10_000];
    const hits = sizes.map((size) => [size, simulate(size)] as const);
    series(
      'simulated: hit ratio over entries kept, 20,000 products by Zipf’s law, least recently used goes',
      {
        x: 'entries',
        y: 'hit ratio',
        unit: '%',
        exact: true,
        points: hits.map(([size, hit]): Point => [size, hit]),
      },
    );
    for (const [size, hit] of hits) fact(`simulated: hit ratio with ${size} entries`, hit, '%');
    const [, , tenth, half] = hits.map(([, hit]) => hit);
    // The same tenth, if it always held exactly the hottest keys: its share of all requests by Zipf's law.
    const harmonic = (count: number): number => {
      let sum = 0;
      for (let k = 1; k <= count; k++) sum += 1 / k;
      return sum;
    };
    fact(
      'computed: share of all reads for the hottest 2000 products',
      percent(harmonic(2000) / harmonic(products)),
      '%',
    );
    holds(
      'simulated: five times the memory, from 10 to 50 % of the keys, wins less than 25 points',
      (half ?? 0) - (tenth ?? 0) < 25,
    );

    // Simulated: what the bulkhead of each of 16 processes refuses while Redis is healthy, one place, 5 ms a query.
    const refused = (misses: number, line: number): number =>
      percent(refusedShare(misses / 16, 5, line, 1_000_000, seeded(5)));
    fact('simulated: refused, one place in each of 16 processes (%)', {
      columns: ['misses/s', 'line of 2', 'line of 10'],
      rows: [1000, 2000, 3000].map((misses) => [misses, refused(misses, 2), refused(misses, 10)]),
    });
    fact('refused of 3,000 misses a second, line of 2', refused(3000, 2), '%');
    fact('refused of 3,000 misses a second, line of 10', refused(3000, 10), '%');
    await Promise.resolve();
  },
});
