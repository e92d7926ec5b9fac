// #region module
process.nextTick(() => console.log('A'));
Promise.resolve().then(() => console.log('B'));
await null;
console.log('C');
setTimeout(() => {
  Promise.resolve().then(() => console.log('D'));
  process.nextTick(() => console.log('E'));
});
// #endregion module
