// #region customers
import { vatPercent } from './pricing.ts';

export const memberDiscount = 0.1;
/** Read while the module is being loaded: this is what makes the cycle dangerous. */
export const label = `prices include ${vatPercent} % tax`;
// #endregion customers
