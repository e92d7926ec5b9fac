'use strict';
const { createServer } = require('node:http');
const { monitorEventLoopDelay, performance } = require('node:perf_hooks');

/** Computes for so many milliseconds of wall time. */
function compute(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
let before = performance.eventLoopUtilization();

function gauges() {
  const now = performance.eventLoopUtilization();
  const { utilization } = performance.eventLoopUtilization(now, before);
  before = now;
  const reading = { utilization, delay: delay.max / 1e6 };
  delay.reset();
  return reading;
}

const handlers = []; // milliseconds from the call of the handler to the answer

const server = createServer((request, response) => {
  if (request.url === '/gauges') return response.end(JSON.stringify({ ...gauges(), handlers }));
  if (request.url === '/stall-soon') {
    setTimeout(compute, 300, 300);
    return response.end();
  }
  const start = performance.now();
  compute(4);
  response.end('42');
  handlers.push(performance.now() - start);
});
server.listen(0, () => console.log(`listening on ${server.address().port}`));
