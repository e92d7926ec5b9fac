'use strict';
const { AsyncLocalStorage } = require('node:async_hooks');
const { EventEmitter } = require('node:events');
const { Session } = require('node:inspector/promises');
const v8 = require('node:v8');

const [folder] = process.argv.slice(2);
const day = 24 * 60 * 60 * 1000;
const perRound = 1000;

// #region leaks
class Price {
  history = new Array(400).fill(0);
}
class Cart {}
class RequestContext {}
class Page {}

const prices = new Map(); // the key is the request's id, so nothing is ever found again
const settings = new EventEmitter().setMaxListeners(0); // this switched the warning off
const context = new AsyncLocalStorage();
const pages = new Map(); // bounded: grows until it is full, then stays

function rememberPrice(id) {
  prices.set(id, new Price());
}
function handle(id) {
  rememberPrice(id);
  const cart = new Cart();
  settings.on('change', () => cart.reload());
  context.run(new RequestContext(), () => setTimeout(sendReport, day).unref());
  if (pages.size === perRound) pages.delete(pages.keys().next().value);
  pages.set(id, new Page());
}
// #endregion leaks
function sendReport() {}

const counts = () =>
  [Price, Cart, RequestContext, Page].map((each) => v8.queryObjects(each, { format: 'count' }));

(async () => {
  let id = 0;
  const round = () => {
    for (const end = id + perRound; id < end; id++) handle(id);
  };
  const snapshot = (name) => {
    const start = performance.now();
    v8.writeHeapSnapshot(`${folder}/${name}.heapsnapshot`);
    return performance.now() - start;
  };
  snapshot('start');
  round();
  const [paused, asked] = [snapshot('first'), counts()];
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', { samplingInterval: 16 * 1024 });
  round();
  await session.post('HeapProfiler.collectGarbage');
  const { profile } = await session.post('HeapProfiler.stopSampling');
  snapshot('second');
  console.log(JSON.stringify({ paused, asked: [asked, counts()], head: profile.head }));
})();
