import type { Order, OrderStore } from './store.ts';

// #region adapter
/** Orders in memory, for tests and for a demonstration without a database. */
export function memoryStore(stock: Map<string, number>): OrderStore {
  const orders = new Map<string, Order>();
  return {
    place(order) {
      if (orders.has(order.id)) return Promise.resolve('duplicate');
      const left = stock.get(order.sku) ?? 0;
      if (left < order.quantity) return Promise.resolve('out-of-stock');
      stock.set(order.sku, left - order.quantity);
      orders.set(order.id, structuredClone(order));
      return Promise.resolve('placed');
    },
    cancel(id) {
      const order = orders.get(id);
      if (order) stock.set(order.sku, (stock.get(order.sku) ?? 0) + order.quantity);
      orders.delete(id);
      return Promise.resolve();
    },
    find: (id) => Promise.resolve(structuredClone(orders.get(id))),
  };
}
// #endregion adapter
