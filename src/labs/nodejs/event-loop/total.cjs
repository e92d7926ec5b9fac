'use strict';
// #region total
async function total(price) {
  const net = await price;
  return net + 1;
}
// #endregion total

total(41);
