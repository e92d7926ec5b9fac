// How many turns of the microtask queue pass until an async function goes on after its `await`.

// #region count
/** Runs `start` and counts the microtasks of a competing promise chain until `start` calls its argument. */
async function ticks(start) {
  let count = 0;
  let result;
  start(() => (result = count));
  while (result === undefined) {
    count += 1;
    await null; // itself one tick
  }
  return result;
}
// #endregion count

// #region by-hand
/** An async function without async: a frame to leave and re-enter. */
const asyncByHand =
  (body, toPromise) =>
  (...args) =>
    new Promise((resolve, reject) => {
      const frame = body(...args); // a generator: locals and position
      const enter = (how, value) => {
        try {
          const { done, value: awaited } = frame[how](value);
          if (done) return resolve(awaited);
          toPromise(awaited).then(
            (result) => enter('next', result),
            (error) => enter('throw', error),
          );
        } catch (error) {
          reject(error);
        }
      };
      enter('next');
    });

// #endregion by-hand

// Today a native promise is taken as it is. Before, it was wrapped in another.
const today = (value) => Promise.resolve(value);
const before2019 = (value) => new Promise((done) => done(value));

const settled = Promise.resolve('value');
class Tracked extends Promise {}
const subclassed = Tracked.resolve('value');
const thenable = { then: (resolve) => resolve('value') };

// #region cases
const cases = {
  'a value: 42': () => 42,
  'a fulfilled promise: p': () => settled,
  'async () => 42': async () => 42,
  'async () => await p': async () => await settled,
  'async () => p': async () => settled,
  'a thenable (query builder)': () => thenable,
  'a subclass of Promise': () => subclassed,
};

async function native(get, done) {
  await get();
  done();
}

function* suspendable(get, done) {
  yield get();
  done();
}
// #endregion cases

const byHand = asyncByHand(suspendable, today);
const byOldRule = asyncByHand(suspendable, before2019);
const rows = [];
for (const [awaited, get] of Object.entries(cases)) {
  const counts = [];
  for (const run of [native, byHand, byOldRule]) counts.push(await ticks((done) => run(get, done)));
  rows.push([awaited, ...counts]);
}

const rounds = 1_000_000;
for (let round = 0; round < rounds; round += 1) await null; // warm-up, so that optimised code is timed
const start = performance.now();
for (let round = 0; round < rounds; round += 1) await null;
const nanoseconds = ((performance.now() - start) / rounds) * 1e6;

console.log(JSON.stringify({ rows, nanoseconds }));
