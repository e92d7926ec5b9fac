'use strict';
const { setTimeout: sleep } = require('node:timers/promises');

const reserveStock = () => sleep(60, 'reserved');
const chargeCard = async () => {
  await sleep(10);
  throw new Error('card declined');
};

// #region one-by-one
async function oneByOne() {
  const stock = reserveStock(); // takes 60 ms
  const payment = chargeCard(); // fails after 10 ms
  try {
    await stock; // nobody listens to `payment` yet
    await payment;
  } catch (error) {
    console.log(`caught: ${error.message}`);
  }
}
// #endregion one-by-one

// #region together
async function together() {
  try {
    await Promise.all([reserveStock(), chargeCard()]); // a handler on both at once
  } catch (error) {
    console.log(`caught: ${error.message}`);
  }
}
// #endregion together

// #region window
/** Rejects a promise inside a timer and attaches the handler by `schedule`. */
const handleBy = (schedule) => () => {
  setTimeout(() => {
    const failed = Promise.reject(new Error('card declined'));
    schedule(() => failed.catch((error) => console.log(`caught: ${error.message}`)));
  });
};

const cases = {
  'one await after the other': oneByOne,
  'Promise.all': together,
  'handler in a microtask': handleBy(queueMicrotask),
  'handler in process.nextTick': handleBy(process.nextTick),
  'handler in setImmediate': handleBy(setImmediate),
};
// #endregion window

if (process.argv[2] === undefined) console.log(JSON.stringify(Object.keys(cases)));
else cases[process.argv[2]]();
