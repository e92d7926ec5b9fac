'use strict';
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { setTimeout: sleep } = require('node:timers/promises');

function block(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

// #region cases
const cases = {
  'reset() 50 ms before': async (reset) => {
    reset();
    await sleep(50);
    block(300);
    await sleep(20);
  },
  'reset() just before': async (reset) => {
    reset();
    block(300);
    await sleep(20);
  },
  'read in the same callback': () => block(300),
};
// #endregion cases

(async () => {
  const seen = {};
  for (const [name, run] of Object.entries(cases)) {
    const histograms = [false, true].map((samplePerIteration) =>
      monitorEventLoopDelay({ resolution: 10, samplePerIteration }),
    );
    for (const delay of histograms) delay.enable();
    await sleep(50);
    await run(() => histograms.forEach((delay) => delay.reset()));
    seen[name] = histograms.map((delay) => delay.max / 1e6);
    for (const delay of histograms) delay.disable();
  }
  console.log(JSON.stringify(seen));
})();
