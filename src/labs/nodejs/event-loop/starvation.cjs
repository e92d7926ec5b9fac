'use strict';
const { scheduler, setImmediate: turn } = require('node:timers/promises');

const busyFor = 100; // milliseconds

// #region ways
/** Goes on by scheduling itself again until `over()`. */
const goOnBy = (schedule) => (over, done) => {
  const step = () => (over() ? done() : schedule(step));
  step();
};

/** Goes on after awaiting what `pause` returns. */
const goOnAfter = (pause) => async (over, done) => {
  while (!over()) await pause();
  done();
};

const ways = {
  'a plain loop': (over, done) => {
    while (!over());
    done();
  },
  'process.nextTick': goOnBy(process.nextTick),
  queueMicrotask: goOnBy(queueMicrotask),
  'await null': goOnAfter(() => null),
  setImmediate: goOnBy(setImmediate),
  'scheduler.yield': goOnAfter(() => scheduler.yield()),
  'yield every 10 ms': goOnAfter(() => {
    spin(10);
    return turn(); // setImmediate as a promise
  }),
};
// #endregion ways

function spin(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

const turns = () => performance.nodeTiming.uvMetricsInfo.loopCount;

/** Keeps busy in one way, from inside a callback of the loop, and reports what the loop could do meanwhile. */
const measure = (way) =>
  new Promise((resolve) => {
    setImmediate(() => {
      const start = performance.now();
      const before = turns();
      const idle = performance.eventLoopUtilization();
      let fired;
      let busy;
      const report = () => {
        if (fired !== undefined && busy) resolve({ way, fired, ...busy });
      };
      // #region probe
      setTimeout(() => {
        fired = performance.now() - start;
        report();
      }, 1);
      // #endregion probe
      ways[way](
        () => performance.now() - start >= busyFor,
        () => {
          busy = {
            turned: turns() - before,
            utilization: performance.eventLoopUtilization(idle).utilization,
          };
          report();
        },
      );
    });
  });

(async () => {
  const results = [];
  for (const way of Object.keys(ways)) results.push(await measure(way));
  console.log(JSON.stringify(results));
})();
