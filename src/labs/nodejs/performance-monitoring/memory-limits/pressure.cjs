'use strict';
const { PerformanceObserver, constants } = require('node:perf_hooks');

// #region pressure
let [major, gc] = [0, 0];
new PerformanceObserver((list) => {
  for (const { startTime, duration, detail } of list.getEntries()) {
    if (startTime < start) continue;
    gc += duration;
    if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) major++;
  }
}).observe({ type: 'gc' });

const cache = Array.from({ length: 800_000 }, (_, id) => ({ id, price: id / 7 })); // stays alive
const start = performance.now();
for (let i = 0; i < 1_600_000; i++) {
  cache[i % cache.length] = { id: i, price: i / 7 }; // every entry is replaced twice
}
const took = performance.now() - start;
// #endregion pressure
setTimeout(
  () => console.log(JSON.stringify({ major, gc, took, heap: process.memoryUsage().heapUsed / 2 ** 20 })),
  100,
);
