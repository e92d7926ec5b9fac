import { lab } from '#labs/index.ts';

interface Cost {
  readonly series: number;
  readonly bytes: number;
  readonly heap: number;
  readonly scrape: number;
}

export default lab({
  title: 'One label too many',
  claim:
    'A user id as a label multiplies the series of one histogram, and with them the bytes of each scrape and the memory of the process that exports it.',
  engines: ['node', 'http', 'prometheus'],
  async run({ node, http, prometheus, fact, measure, holds, series, until }) {
    const node26 = await node();
    const costs = new Map<number, Cost>();
    for (const users of [0, 100, 1_000, 10_000]) {
      const run = await node26.run('cardinality/exporter.ts', {
        flags: ['--expose-gc'],
        args: [String(users)],
      });
      const [line] = run.lines;
      if (run.code !== 0 || !line) throw new Error(run.stderr);
      costs.set(users, JSON.parse(line) as Cost);
    }
    const of = (users: number): Cost => {
      const cost = costs.get(users);
      if (!cost) throw new RangeError(`Nothing was measured for ${users} users.`);
      return cost;
    };
    const name = (users: number): string => (users === 0 ? 'none' : users.toLocaleString('en-US'));

    fact('one histogram on four routes', {
      columns: ['users as a label', 'series', 'bytes of a scrape'],
      rows: [...costs].map(([users, { series: count, bytes }]) => [name(users), count, bytes]),
    });
    fact('series without the label', of(0).series);
    fact('series with 10,000 users', of(10_000).series);
    fact('series of one label set', of(0).series / 4);
    fact('megabytes of a scrape with 10,000 users', Math.round(of(10_000).bytes / 1e5) / 10, 'MB');

    const megabytes = (bytes: number): number => bytes / 1e6;
    measure('heap without the label', Math.max(0, of(0).heap) / 1e3, 'kB');
    measure('heap with 10,000 users', megabytes(of(10_000).heap), 'MB');
    measure('heap for one series', of(10_000).heap / of(10_000).series, 'bytes');
    measure('one scrape without the label', of(0).scrape, 'ms');
    measure('one scrape with 10,000 users', of(10_000).scrape, 'ms');
    // The same series in the database: 28,000 of them, exported by one pod and after a deploy by the next.
    let exposition = '';
    const pod = (podName: string): void => {
      const rows = Array.from(
        { length: 28_000 },
        (_, n) => `http_requests_total{pod="${podName}",user="u-${n}"} 1`,
      );
      exposition = `# TYPE http_requests_total counter\n${rows.join('\n')}\n`;
    };
    const target = await http.serve((_, response) => response.end(exposition));
    const database = await (await prometheus()).server({ scrape: [target.port], every: '2s' });
    const own = async (metric: string): Promise<number> => {
      const text = await (await fetch(`${database.url}/metrics`)).text();
      return Number(new RegExp(`^${metric} (\\S+)$`, 'm').exec(text)?.[1]);
    };
    const resident = (): Promise<number> => own('process_resident_memory_bytes');
    /** Series that the database holds in memory, without those it adds for each target, such as `up`. */
    const inHead = async (): Promise<number> => {
      const [added] = await database.query('count({job="lab", __name__!="http_requests_total"})');
      return (await own('prometheus_tsdb_head_series')) - (added?.value ?? 0);
    };
    await until('the first scrape', async () => (await database.query('up')).length > 0, 30_000);
    const empty = await resident();
    // #region deploy
    pod('checkout-6f7d');
    await until('the pod is scraped', async () => (await inHead()) >= 28_000, 30_000);
    const first = await resident();
    fact('series in the database before the deploy', await inHead());

    pod('checkout-9c41');
    await until('the new pod is scraped', async () => (await inHead()) >= 56_000, 30_000);
    const [alive] = await database.query('count(http_requests_total)');
    fact('series in the database after the deploy', await inHead());
    fact('of which the target still exports', alive?.value ?? 0);
    // #endregion deploy
    measure('memory of Prometheus before the first series', megabytes(empty), 'MB');
    measure('memory of Prometheus with 28,000 series', megabytes(first), 'MB');
    measure('memory of Prometheus after the deploy', megabytes(await resident()), 'MB');
    measure('memory of Prometheus for one series', (first - empty) / 28_000 / 1_000, 'kB');
    holds('Prometheus grows by more than 500 bytes for a new series', first - empty > 28_000 * 500);

    holds('10,000 users take more than 20 times the memory of 100', of(10_000).heap > 20 * of(100).heap);
    holds(
      '10,000 users make a scrape more than five times as long as none',
      of(10_000).scrape > 5 * of(0).scrape,
    );
    series('Memory of the exporting process', {
      x: 'users as a label',
      y: 'heap',
      unit: 'MB',
      kind: 'bar',
      points: [100, 1_000, 10_000].map((users) => [name(users), megabytes(of(users).heap)] as const),
    });
  },
});
