// #region pricing
const { memberDiscount } = require('./customers.cjs');

exports.vatPercent = 20;
exports.memberPrice = (cents) => Math.round(cents * (1 - memberDiscount));
// #endregion pricing
