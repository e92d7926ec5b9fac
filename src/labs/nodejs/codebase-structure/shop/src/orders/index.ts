export { memoryStore } from './memory.ts';
export { placeOrder } from './place-order.ts';
export type { Order, OrderStore } from './store.ts';
