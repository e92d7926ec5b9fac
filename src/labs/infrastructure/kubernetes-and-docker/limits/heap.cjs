// #region heap
const kept = [];
function grow() {
  for (let i = 0; i < 50_000; i++) kept.push({ id: i, name: `order ${i}` }); // objects, in V8's heap
  setImmediate(grow);
}
// #endregion heap
grow();
