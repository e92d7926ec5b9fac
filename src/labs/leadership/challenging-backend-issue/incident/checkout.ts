import type { Pool, PoolClient } from 'pg';

/** What a checkout answers: 201 when the order is placed, 409 when the coupon has expired. */
export interface Answer {
  readonly status: 201 | 409;
}
/** Places the order of a cart that is paid with a coupon. */
export type Checkout = (pool: Pool, cart: number, coupon: string) => Promise<Answer>;

const take = `UPDATE cart SET state = 'paying' WHERE id = $1`;
const find = 'SELECT expired FROM coupon WHERE code = $1';
const place = 'INSERT INTO purchase (cart) VALUES ($1)';
/** Stands for the work of a real checkout; takes as many seconds as the connection's setting says, else none. */
const work = `SELECT pg_sleep(current_setting('checkout.work', true)::float)`;

// #region leak
export const leaking: Checkout = async (pool, cart, coupon) => {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(work);
    await client.query(take, [cart]);
    const { rows } = await client.query<{ expired: boolean }>(find, [coupon]);
    if (rows[0]?.expired) return { status: 409 };
    await client.query(place, [cart]);
    await client.query('COMMIT');
    client.release();
    return { status: 201 };
  } catch (error) {
    await client.query('ROLLBACK');
    client.release();
    throw error;
  }
};
// #endregion leak

// #region finally
/** The first patch: the connection always goes back. */
export const releasing: Checkout = async (pool, cart, coupon) => {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(take, [cart]);
    const { rows } = await client.query<{ expired: boolean }>(find, [coupon]);
    if (rows[0]?.expired) return { status: 409 };
    await client.query(place, [cart]);
    await client.query('COMMIT');
    return { status: 201 };
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
};
// #endregion finally

// #region fix
/** Runs `work` in a transaction. Every way out ends the transaction and gives the connection back. */
export async function transaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = true; // until the server has confirmed the end of the transaction
  const onError = () => undefined; // the failing query reports it; without a listener the process would end
  client.on('error', onError);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    const end = await client.query('COMMIT');
    // `work` swallowed the error of a statement, so the server has rolled back.
    if (end.command !== 'COMMIT') throw new Error(`COMMIT was answered by ${end.command}`);
    broken = false;
    return result;
  } catch (error) {
    await client.query('ROLLBACK').then(
      () => (broken = false),
      () => undefined,
    );
    throw error;
  } finally {
    client.removeListener('error', onError);
    client.release(broken); // true: close it, do not lend it again
  }
}
// #endregion fix

// #region fixed
/** Returning commits, so the coupon is looked up before the cart is changed. */
export const fixed: Checkout = (pool, cart, coupon) =>
  transaction(pool, async (client) => {
    await client.query(work);
    const { rows } = await client.query<{ expired: boolean }>(find, [coupon]);
    if (rows[0]?.expired) return { status: 409 };
    await client.query(take, [cart]);
    await client.query(place, [cart]);
    return { status: 201 };
  });
// #endregion fixed

/** The tables: two coupons, and as many carts as asked. */
export const schema = (carts: number): string => `
  CREATE TABLE cart (id int PRIMARY KEY, state text NOT NULL DEFAULT 'open');
  CREATE TABLE coupon (code text PRIMARY KEY, expired boolean NOT NULL);
  CREATE TABLE purchase (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, cart int NOT NULL UNIQUE);
  INSERT INTO cart SELECT generate_series(1, ${carts});
  INSERT INTO coupon VALUES ('WELCOME', false), ('SUMMER', true);`;
