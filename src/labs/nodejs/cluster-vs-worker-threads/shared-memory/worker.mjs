import { parentPort, workerData } from 'node:worker_threads';

const counter = new Int32Array(workerData);

// #region operations
/** One operation on slot 0 of the shared array at a time, as the main thread asks. */
let seen;
const operations = {
  'read the counter': () => (seen = counter[0]),
  'write what I read + 1': () => (counter[0] = seen + 1),
  'Atomics.add 1': () => Atomics.add(counter, 0, 1), // returns the value before
  'compareExchange what I read, + 1': () => Atomics.compareExchange(counter, 0, seen, seen + 1),
  lock: () => Atomics.compareExchange(counter, 1, 0, 1), // slot 1: 0 is free, 1 is locked
};
// #endregion operations

// #region free
const free = {
  'plain ++': (times) => {
    for (let i = 0; i < times; i += 1) counter[0]++;
  },
  'Atomics.add': (times) => {
    for (let i = 0; i < times; i += 1) Atomics.add(counter, 0, 1);
  },
  'lock and ++': (times) => {
    for (let i = 0; i < times; i += 1) {
      while (Atomics.compareExchange(counter, 1, 0, 1) !== 0) Atomics.wait(counter, 1, 1);
      counter[0]++;
      Atomics.store(counter, 1, 0);
      Atomics.notify(counter, 1, 1);
    }
  },
};
// #endregion free

parentPort.on('message', ({ does, times }) => {
  if (times === undefined) parentPort.postMessage(operations[does]());
  else {
    Atomics.add(counter, 2, 1);
    while (Atomics.load(counter, 2) < 2); // both start together
    free[does](times);
    parentPort.postMessage('done');
  }
});
