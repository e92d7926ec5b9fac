// #region customers
const { vatPercent } = require('./pricing.cjs');

exports.memberDiscount = 0.1;
exports.label = `prices include ${vatPercent} % tax`;
// #endregion customers
