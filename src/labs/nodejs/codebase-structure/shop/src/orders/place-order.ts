import type { Catalog } from '#catalog';
import { Refusal, times } from '#kernel';
import type { Gateway } from '#payments';
import type { Order, OrderStore } from './store.ts';

// #region use-case
/** Places an order: price from the catalog, stock from the store, money from the gateway. */
export const placeOrder =
  (ports: { readonly catalog: Catalog; readonly store: OrderStore; readonly gateway: Gateway }) =>
  async (request: Omit<Order, 'total'>): Promise<Order> => {
    const product = ports.catalog.find(request.sku);
    if (!product) throw new Refusal('not-found', `There is no product ${request.sku}.`);
    const order = { ...request, total: times(product.price, request.quantity) };
    const outcome = await ports.store.place(order);
    if (outcome !== 'placed') throw new Refusal(outcome, `Order ${order.id}: ${outcome}.`);
    if ((await ports.gateway.charge(order.id, order.total)) === 'charged') return order;
    await ports.store.cancel(order.id);
    throw new Refusal('payment-declined', `Order ${order.id} was declined.`);
  };
// #endregion use-case
