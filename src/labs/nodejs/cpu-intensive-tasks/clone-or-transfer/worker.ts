/** An order as it stands in the upload. */
export interface Order {
  readonly id: number;
  readonly customer: string;
  readonly lines: readonly { readonly sku: string; readonly cents: number }[];
}

export const total = (orders: readonly Order[]): number =>
  orders.reduce((sum, { lines }) => sum + lines.reduce((part, { cents }) => part + cents, 0), 0);

// #region tasks
const parse = (bytes: Uint8Array): Order[] => JSON.parse(new TextDecoder().decode(bytes)) as Order[];

/** The parsing moves, and its result comes back whole. */
export const rows = (bytes: Uint8Array): Order[] => parse(bytes);
/** The whole question moves, and one number comes back. */
export const sum = (bytes: Uint8Array): number => total(parse(bytes));
// #endregion tasks
