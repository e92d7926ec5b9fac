import { createHistogram } from 'node:perf_hooks';
import { Histogram, Registry } from 'prom-client';
import { lab } from '#labs/index.ts';
import { latencies, pods } from './percentiles/latencies.ts';

/** Nearest rank: the smallest value that so large a part of all values does not exceed. */
const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * part) - 1] ?? NaN;

// #region quantile
/** What Prometheus's histogram_quantile does: find the bucket of the rank, then go straight from its lower to its upper bound. */
function quantile(part: number, buckets: readonly { le: number; count: number }[]): number {
  const rank = part * (buckets.at(-1)?.count ?? 0);
  const index = buckets.findIndex(({ count }) => count >= rank);
  const [below, bucket] = [buckets[index - 1] ?? { le: 0, count: 0 }, buckets[index]];
  if (!bucket) return NaN;
  return below.le + ((bucket.le - below.le) * (rank - below.count)) / (bucket.count - below.count);
}
// #endregion quantile

export default lab({
  title: 'Percentiles cannot be averaged',
  claim:
    "The mean of three pods' 99th percentiles is wrong by half and the mean weighted by requests by nine tenths; adding up their buckets comes within the width of one bucket, and merging their histograms is right.",
  engines: ['node'],
  async run({ fact, holds }) {
    const all = pods.flatMap((pod) => latencies(pod));
    const each = pods.map((pod) => percentile(latencies(pod), 0.99));
    fact('three pods', {
      columns: ['pod', 'requests', 'p99 in ms'],
      rows: pods.map(({ name, requests }, index) => [name, requests, Math.round(each[index] ?? NaN)]),
    });
    const merged = createHistogram({ lowest: 1, highest: 10_000, figures: 3 });
    for (const pod of pods) {
      const own = createHistogram({ lowest: 1, highest: 10_000, figures: 3 });
      for (const ms of latencies(pod)) own.record(Math.round(ms));
      merged.add(own);
    }
    const register = new Registry();
    const seconds = new Histogram({
      name: 'http_seconds',
      help: 'Latency',
      labelNames: ['pod'],
      registers: [register],
    });
    for (const pod of pods) for (const ms of latencies(pod)) seconds.observe({ pod: pod.name }, ms / 1000);
    const sums = new Map<number, number>();
    for (const { metricName, labels, value } of (await seconds.get()).values) {
      if (metricName !== 'http_seconds_bucket') continue;
      const { le: bound } = labels as { readonly le?: number | '+Inf' };
      const le = bound === '+Inf' ? Infinity : Number(bound);
      sums.set(le, (sums.get(le) ?? 0) + value);
    }
    const summed = [...sums].sort(([a], [b]) => a - b).map(([le, count]) => ({ le, count }));
    const truth = percentile(all, 0.99);
    const mean = each.reduce((sum, value) => sum + value, 0) / pods.length;
    const weighted =
      pods.reduce((sum, { requests }, index) => sum + requests * (each[index] ?? NaN), 0) / all.length;
    const estimate = quantile(0.99, summed) * 1000;
    fact('p99 of all requests', Math.round(truth), 'ms');
    fact('mean of the p99s', Math.round(mean), 'ms');
    fact('mean of the p99s weighted by requests', Math.round(weighted), 'ms');
    fact('highest p99', Math.round(Math.max(...each)), 'ms');
    fact('from added buckets', Math.round(estimate), 'ms');
    fact('from merged histograms', merged.percentile(99), 'ms');
    fact('mean of all requests', Math.round(all.reduce((sum, value) => sum + value, 0) / all.length), 'ms');
    fact('slow requests', Number(((100 * all.filter((ms) => ms > 300).length) / all.length).toFixed(2)), '%');
    fact(
      'bucket bounds around it in seconds',
      summed.map(({ le }) => le).filter((le) => le >= 0.25 && le <= 1),
    );
    fact('a page of 20 calls that meets at least one p99', Number((100 * (1 - 0.99 ** 20)).toFixed(1)), '%');
    holds(
      'The merged histogram is within 0.2 % of the truth',
      Math.abs(merged.percentile(99) - truth) < truth / 500,
    );
  },
});
