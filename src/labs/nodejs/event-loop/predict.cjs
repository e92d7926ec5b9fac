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

// #region race
let balance = 100;
const query = async () => balance; // a database

async function withdraw(amount) {
  const before = await query();
  console.log(before);
  balance = before - amount;
}

withdraw(30);
withdraw(50).then(() => console.log(balance));
// #endregion race
