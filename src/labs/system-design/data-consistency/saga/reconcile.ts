import type { Services } from './services.ts';

/**
 * Compares orders with payments, two databases that share no transaction.
 * @param grace seconds for which an order or a payment must have been quiet; younger ones may be in flight.
 * @returns one line for each difference.
 */
// #region reconcile
export async function reconcile(s: Services, grace: number): Promise<string[]> {
  const { rows: paid } = await s.payments.query<{ saga: string; cents: number; quiet: boolean }>(
    'SELECT saga, cents, changed < now() - make_interval(secs => $1) AS quiet FROM payment ORDER BY saga',
    [grace],
  );
  const { rows: orders } = await s.orders.query<{ id: string; status: string; quiet: boolean }>(
    'SELECT id, status, changed < now() - make_interval(secs => $1) AS quiet FROM orders ORDER BY id',
    [grace],
  );
  const payment = new Map(paid.map((row) => [row.saga, row]));
  const known = new Set(orders.map((order) => order.id));
  return [
    ...orders
      .filter((order) => order.quiet && (payment.get(order.id)?.quiet ?? true))
      .flatMap(({ id, status }) => {
        const has = payment.get(id)?.cents ?? 0;
        const owes = status === 'confirmed' ? 4000 : 0;
        return has === owes ? [] : [`${id}: ${status}, paid ${has}`];
      }),
    ...paid.filter((row) => row.quiet && !known.has(row.saga)).map(({ saga }) => `${saga}: paid, no order`),
  ];
}
// #endregion reconcile
