import { performance } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { lab } from '#labs/index.ts';
import { latencies, pods } from './percentiles/latencies.ts';

/** A metric's value in the text that Prometheus reads. */
const valueIn = (text: string, name: string): number =>
  Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);

export default lab({
  title: 'A metrics endpoint, scraped by Prometheus',
  claim:
    'Prometheus gives the same quantile from added buckets as the arithmetic on this page, survives a restart through counters, loses a stall to a second scraper, and pays for every label value with a set of series.',
  engines: ['prometheus', 'http'],
  async run({ prometheus, http, fact, holds, measure, sleep, until }) {
    const serve = (register: Registry) =>
      http.serve((_, response) => {
        void register.metrics().then((text) => {
          response.setHeader('content-type', register.contentType).end(text);
        });
      });

    // #region endpoint
    const register = new Registry();
    collectDefaultMetrics({ register }); // CPU, memory, heap spaces, garbage collection, loop delay
    new Counter({
      name: 'nodejs_eventloop_active_seconds_total',
      help: 'Seconds in which the event loop did not wait',
      registers: [register],
      collect() {
        this.reset();
        this.inc(performance.eventLoopUtilization().active / 1000); // since the start of the process
      },
    });
    // #endregion endpoint
    const own = await serve(register);
    const scrape = async () => (await fetch(`${own.url}/metrics`)).text();
    const standard = new Registry();
    collectDefaultMetrics({ register: standard });
    holds(
      'The default metrics of prom-client hold the delay of the loop and not its utilisation',
      /eventloop_lag/.test(await standard.metrics()) && !/utili[sz]ation/.test(await standard.metrics()),
    );

    await scrape(); // reading resets the histogram of the delay
    await sleep(100);
    for (const end = performance.now() + 300; performance.now() < end;); // a stall
    await sleep(100);
    const first = valueIn(await scrape(), 'nodejs_eventloop_lag_max_seconds');
    const second = valueIn(await scrape(), 'nodejs_eventloop_lag_max_seconds');
    holds('The first of two scrapers sees a stall of 300 ms', first > 0.25);
    holds('The second sees less than half of it', !(second > first / 2));
    measure('maximum delay for the first scraper', first * 1000, 'ms');

    const services = [];
    for (const pod of pods) {
      const metrics = new Registry();
      metrics.setDefaultLabels({ pod: pod.name });
      const seconds = new Histogram({ name: 'http_seconds', help: 'Latency', registers: [metrics] });
      for (const ms of latencies(pod)) seconds.observe(ms / 1000);
      services.push(await serve(metrics));
    }

    const labelled = new Registry();
    const options = { help: 'Latency', labelNames: ['route'], registers: [labelled] };
    const byRoute = new Histogram({ ...options, name: 'by_route_seconds' });
    const byUrl = new Histogram({ ...options, name: 'by_url_seconds' });
    for (let user = 1; user <= 100; user++) {
      byRoute.observe({ route: '/users/:id' }, 0.02);
      byUrl.observe({ route: `/users/${user}` }, 0.02);
    }

    const orders = (count: number) => {
      const metrics = new Registry();
      new Counter({ name: 'orders_total', help: 'Orders', registers: [metrics] }).inc(count);
      new Gauge({ name: 'orders_today', help: 'Orders', registers: [metrics] }).set(count);
      return metrics;
    };
    let life = orders(500);
    const restarting = await http.serve((_, response) => {
      void life.metrics().then((text) => response.setHeader('content-type', life.contentType).end(text));
    });

    const labels = await serve(labelled);
    const server = await (
      await prometheus()
    ).server({
      scrape: [own, ...services, labels, restarting].map(({ port }) => port),
      every: '200ms',
    });
    const ask = async (expression: string): Promise<number> =>
      (await server.query(expression))[0]?.value ?? NaN;
    await until('all are scraped', async () => (await ask('count(up == 1)')) === services.length + 3);

    const [added, averaged] = [
      await ask('histogram_quantile(0.99, sum by (le) (http_seconds_bucket))'),
      await ask('avg(histogram_quantile(0.99, http_seconds_bucket))'),
    ];
    fact('p99 from added buckets', Math.round(added * 1000), 'ms');
    fact('mean of the p99s by Prometheus', Math.round(averaged * 1000), 'ms');
    fact('series for 100 users by route', await ask('count({__name__=~"by_route_.*"})'));
    fact('series for 100 users by address', await ask('count({__name__=~"by_url_.*"})'));

    life = orders(20);
    await until('the restart is scraped', async () => (await ask('orders_total')) === 20);
    life = orders(120);
    await until('100 more are scraped', async () => (await ask('orders_total')) === 120);
    fact('restarts that Prometheus noticed', await ask('resets(orders_total[1m])'));
    measure('increase of the counter', await ask('increase(orders_total[1m])'), 'orders');
    measure('delta of the gauge', await ask('delta(orders_today[1m])'), 'orders');
    holds('increase() of the counter is positive', (await ask('increase(orders_total[1m])')) > 100);
    holds('delta() of the gauge is negative', (await ask('delta(orders_today[1m])')) < 0);
    const utilisation = await until('two scrapes of the loop', () =>
      ask('rate(nodejs_eventloop_active_seconds_total[10s])'),
    );
    measure('utilisation by rate', utilisation * 100, '%');
  },
});
