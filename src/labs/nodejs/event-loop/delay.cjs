'use strict';
const { monitorEventLoopDelay } = require('node:perf_hooks');

const ms = (nanoseconds) => nanoseconds / 1e6;

// #region histogram
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

// Idle for 3 s, except that one callback holds the thread for 300 ms.
setTimeout(() => {
  const end = performance.now() + 300;
  while (performance.now() < end);
}, 700);

setTimeout(() => {
  delay.disable();
  const median = ms(delay.percentile(50));
  const p99 = ms(delay.percentile(99));
  console.log(JSON.stringify({ median, p99, max: ms(delay.max) }));
}, 3000);
// #endregion histogram
