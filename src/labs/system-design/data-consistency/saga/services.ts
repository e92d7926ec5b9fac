import type { ClientBase } from 'pg';

/** The databases of three services. The orchestrator keeps its own rows beside the orders. */
export interface Services {
  readonly orders: ClientBase;
  readonly stock: ClientBase;
  readonly payments: ClientBase;
}

/** A business answer, which a repeat gets again. Whatever is thrown is unknown and may be repeated. */
export type Answer = 'done' | 'refused';

/** Takes one cup for a saga, once. A saga that was released before it came here is refused. */
export async function reserve({ stock }: Services, saga: string): Promise<Answer> {
  await stock.query('BEGIN');
  const { rowCount: isNew } = await stock.query(
    `INSERT INTO reservation (saga, state) VALUES ($1, 'held') ON CONFLICT DO NOTHING`,
    [saga],
  );
  if (isNew === 1) {
    const { rowCount: taken } = await stock.query('UPDATE stock SET free = free - 1 WHERE free > 0');
    if (taken === 0) await stock.query(`UPDATE reservation SET state = 'refused' WHERE saga = $1`, [saga]);
  }
  const { rows } = await stock.query<{ state: string }>('SELECT state FROM reservation WHERE saga = $1', [saga]); // prettier-ignore
  await stock.query('COMMIT');
  return rows[0]?.state === 'held' ? 'done' : 'refused';
}

/** Gives the cup back, once. An undo that comes before its action leaves a marker, so the action is refused later. */
// #region release
export async function release({ stock }: Services, saga: string): Promise<void> {
  await stock.query('BEGIN');
  const { rows } = await stock.query<{ was: string | null }>(
    `INSERT INTO reservation (saga, state) VALUES ($1, 'released') -- stays as a marker if it came first
     ON CONFLICT (saga) DO UPDATE SET state = 'released' WHERE reservation.state = 'held'
     RETURNING old.state AS was`,
    [saga],
  );
  if (rows[0]?.was === 'held') await stock.query('UPDATE stock SET free = free + 1');
  await stock.query('COMMIT');
}
// #endregion release

/** Charges 40 euros, once for each saga. A saga that was refunded before it came here is refused. */
export async function charge({ payments }: Services, saga: string): Promise<Answer> {
  await payments.query(`INSERT INTO payment (saga, cents) VALUES ($1, 4000) ON CONFLICT DO NOTHING`, [saga]);
  const { rows } = await payments.query<{ cents: number }>('SELECT cents FROM payment WHERE saga = $1', [saga]); // prettier-ignore
  return rows[0]?.cents === 4000 ? 'done' : 'refused';
}

/** Gives the money back, once, and leaves a marker if it came first. @throws when the customer's card has been closed since. */
export async function refund({ payments }: Services, saga: string): Promise<void> {
  const { rows } = await payments.query('SELECT FROM closed_card WHERE saga = $1', [saga]);
  if (rows.length > 0) throw new Error('The card is closed.');
  await payments.query(
    `INSERT INTO payment (saga, cents) VALUES ($1, 0)
     ON CONFLICT (saga) DO UPDATE SET cents = 0, changed = now() WHERE payment.cents > 0`,
    [saga],
  );
}

/** The courier takes every parcel but those to an island, each once. */
export async function ship({ stock }: Services, saga: string): Promise<Answer> {
  if (saga.startsWith('island')) return 'refused';
  await stock.query('INSERT INTO parcel VALUES ($1) ON CONFLICT DO NOTHING', [saga]);
  return 'done';
}
