/** Exports one histogram with as many users as its argument says, and reports what that costs. Run with --expose-gc. */
import { Histogram, Registry } from 'prom-client';

const users = Number(process.argv[2]);
const collect = globalThis.gc;
if (!collect) throw new Error('Run with --expose-gc.');

const registry = new Registry();
// #region observe
const duration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time to answer',
  labelNames: users > 0 ? ['route', 'code', 'user'] : ['route', 'code'],
  registers: [registry],
});

function observe(route: string, code: string, user: number): void {
  duration.observe(users > 0 ? { route, code, user: `u-${user}` } : { route, code }, 0.2);
}
// #endregion observe

collect();
const before = process.memoryUsage().heapUsed;
for (let request = 0; request < 40_000; request += 1) {
  const route = `/orders/:id/${['items', 'address', 'payment', 'events'][request % 4] ?? ''}`;
  observe(route, '200', request % Math.max(users, 1));
}
collect();
const heap = process.memoryUsage().heapUsed - before;
const start = performance.now();
const text = await registry.metrics();
const scrape = performance.now() - start;
const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
console.log(JSON.stringify({ series: lines.length, bytes: text.length, heap, scrape }));
