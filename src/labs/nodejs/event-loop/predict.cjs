// #region first
console.log('A');
setTimeout(() => console.log('B'));
Promise.resolve().then(() => console.log('C'));
process.nextTick(() => console.log('D'));
(async () => {
  console.log('E');
  await null;
  console.log('F');
})();
console.log('G');
// #endregion first

// #region nested
process.nextTick(() => {
  console.log('A');
  Promise.resolve().then(() => console.log('B'));
  process.nextTick(() => console.log('C'));
});
Promise.resolve().then(() => {
  console.log('D');
  process.nextTick(() => console.log('E'));
  Promise.resolve().then(() => console.log('F'));
});
// #endregion nested

// #region io
const { stat } = require('node:fs');

stat('.', () => {
  setTimeout(() => console.log('A'));
  setImmediate(() => {
    console.log('B');
    process.nextTick(() => console.log('C'));
  });
  setImmediate(() => console.log('D'));
  Promise.resolve().then(() => console.log('E'));
});
// #endregion io

// #region returns
const p = Promise.resolve();
const returned = async () => p;
const awaited = async () => await p;
const plain = async () => {};

returned().then(() => console.log('A'));
awaited().then(() => console.log('B'));
plain().then(() => console.log('C'));
// #endregion returns
