// #region pricing
import { memberDiscount } from './customers.ts';

export const vatPercent = 20;
export const memberPrice = (cents: number): number => Math.round(cents * (1 - memberDiscount));
// #endregion pricing
