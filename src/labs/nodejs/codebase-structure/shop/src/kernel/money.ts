/** An amount in cents: whole, and small enough for a number to hold it exactly. */
export type Cents = number;

/** The price of several pieces. @throws {RangeError} when the result is not a safe integer. */
export function times(price: Cents, quantity: number): Cents {
  const total = price * quantity;
  if (!Number.isSafeInteger(total)) throw new RangeError(`${price} × ${quantity} is no exact amount.`);
  return total;
}
