// #region buffers
const kept = [];
function grow() {
  kept.push(Buffer.alloc(8 * 2 ** 20, 1)); // bytes, outside V8's heap
  setImmediate(grow);
}
// #endregion buffers
grow();
