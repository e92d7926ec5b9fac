import type { Cents } from '#kernel';

/** An order as the shop keeps it. */
export interface Order {
  readonly id: string;
  readonly sku: string;
  readonly quantity: number;
  readonly total: Cents;
}

// #region port
/** The port: orders and the stock they take. Both change together or not at all. */
export interface OrderStore {
  /** Takes the stock and keeps the order. An id that is known is a duplicate, whatever the stock. */
  place(order: Order): Promise<'placed' | 'duplicate' | 'out-of-stock'>;
  /** Removes the order and gives its stock back. */
  cancel(id: string): Promise<void>;
  find(id: string): Promise<Order | undefined>;
}
// #endregion port
