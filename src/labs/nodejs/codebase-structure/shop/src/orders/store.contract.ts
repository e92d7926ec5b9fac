import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Order, OrderStore } from './store.ts';

/** What a test of a store needs beside the store itself. */
export interface Bench {
  readonly store: OrderStore;
  /** Puts so many pieces on the shelf. */
  readonly stock: (sku: string, quantity: number) => Promise<void>;
  /** Runs both calls so that neither has finished before the other has begun. */
  readonly together: <T>(calls: readonly (() => Promise<T>)[]) => Promise<T[]>;
}

const order = (change: Partial<Order> = {}): Order => ({
  id: randomUUID(),
  sku: randomUUID(),
  quantity: 1,
  total: 500,
  ...change,
});

// #region contract
/** What every OrderStore promises, as tests that any adapter can be put through. */
export const contract: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  async 'a placed order is found, equal in every field'({ store, stock }) {
    const placed = order({ total: 3_000_000_000 });
    await stock(placed.sku, 1);
    assert.equal(await store.place(placed), 'placed');
    assert.deepEqual(await store.find(placed.id), placed);
  },
  async 'two buyers of the last piece: one gets it, one is refused'({ store, stock, together }) {
    const { sku } = order();
    await stock(sku, 1);
    const outcomes = await together([1, 2].map(() => () => store.place(order({ sku }))));
    assert.deepEqual(outcomes.sort(), ['out-of-stock', 'placed']);
  },
  async 'the same order twice takes the stock once'({ store, stock }) {
    const first = order();
    await stock(first.sku, 2);
    await store.place(first);
    assert.equal(await store.place(first), 'duplicate');
    assert.equal(await store.place(order({ sku: first.sku })), 'placed');
  },
  // #endregion contract
  async 'a duplicate is a duplicate when the shelf is empty too'({ store, stock }) {
    const first = order();
    await stock(first.sku, 1);
    await store.place(first);
    assert.equal(await store.place(first), 'duplicate');
  },
  async 'what the caller changes afterwards does not reach the store'({ store, stock }) {
    const mutable = { ...order() };
    await stock(mutable.sku, 1);
    await store.place(mutable);
    mutable.quantity = 9;
    assert.equal((await store.find(mutable.id))?.quantity, 1);
  },
  async 'a cancelled order is gone and its stock is back'({ store, stock }) {
    const first = order();
    await stock(first.sku, 1);
    await store.place(first);
    await store.cancel(first.id);
    assert.equal(await store.find(first.id), undefined);
    assert.equal(await store.place(order({ sku: first.sku })), 'placed');
  },
  async 'an unknown id finds nothing'({ store }) {
    assert.equal(await store.find(randomUUID()), undefined);
  },
};
