import pg from 'pg';
import { lab } from '#labs/index.ts';
import { type Checkout, fixed, leaking, releasing, schema, transaction } from './incident/checkout.ts';

export default lab({
  title: 'The first patch loses orders; the second passes a pool of one',
  claim:
    'Releasing in a finally block lends an open transaction to the next request, whose work is then lost; with one helper for every way out nothing stays open, and a pool of one catches both mistakes.',
  engines: ['postgres'],
  async run({ postgres, fact, step }) {
    const db = await postgres();
    await db.query(schema(2000));
    const poolOfOne = (): pg.Pool => {
      const pool = new pg.Pool({ connectionString: db.url, max: 1 });
      pool.on('connect', (client) => client.on('error', () => undefined));
      return pool;
    };
    const orders = (cart: number) => db.value<number>(`SELECT count(*) FROM purchase WHERE cart = ${cart}`);

    // #region first-patch
    const patched = poolOfOne();
    const a = await releasing(patched, 1, 'SUMMER'); // answers 409 and returns the connection, its transaction open
    const gift = await patched.query('INSERT INTO purchase (cart) VALUES (2)'); // another route, no BEGIN
    const seenByOthers = await orders(2);
    await patched.query('ROLLBACK'); // whatever ends that transaction: an error later on, or the pod's restart
    const afterwards = await orders(2);
    // #endregion first-patch
    step({
      who: 'request A',
      does: 'checkout, expired coupon',
      result: `${a.status}`,
      note: 'No COMMIT and no ROLLBACK.',
    });
    step({ who: 'pool', does: 'takes the connection back', result: 'still in a transaction' });
    step({
      who: 'request B',
      does: 'INSERT INTO purchase …',
      result: `INSERT ${gift.rowCount}`,
      note: 'The customer reads “thank you”.',
    });
    step({ who: 'others', does: 'SELECT count(*)', result: `${seenByOthers} orders` });
    step({
      who: 'request C',
      does: 'fails, ROLLBACK',
      result: `${afterwards} orders`,
      outcome: 'fails',
      note: 'The order of B is gone.',
    });
    fact('orders of request B that its customer was told of', gift.rowCount);
    fact('orders of request B in the end', afterwards);
    await patched.end();

    // The same patch under the checkouts of the replay alone: whoever comes next commits, so no order is lost.
    const alone = new pg.Pool({ connectionString: db.url, max: 10 });
    let confirmed = 0;
    for (let cart = 1001; cart <= 2000; cart += 1) {
      const { status } = await releasing(alone, cart, cart % 20 === 0 ? 'SUMMER' : 'WELCOME');
      if (status === 201) confirmed += 1;
    }
    await alone.end();
    fact('first patch, checkouts alone: orders confirmed', confirmed);
    fact(
      'first patch, checkouts alone: orders kept',
      await db.value<number>('SELECT count(*) FROM purchase WHERE cart > 1000'),
    );
    await db.query('TRUNCATE purchase');
    await db.query(`UPDATE cart SET state = 'open'`);

    // #region pool-of-one
    /** The test: after one bad coupon, is the only connection free, and outside a transaction? */
    const verdict = async (checkout: Checkout, cart: number): Promise<string> => {
      const pool = poolOfOne();
      await checkout(pool, cart, 'SUMMER');
      if (pool.idleCount === 0) return 'fails: connection not returned';
      const client = await pool.connect();
      const state = client.getTransactionStatus(); // I idle, T in a transaction, E in a failed one
      client.release(true);
      return state === 'I' ? 'passes' : 'fails: returned inside a transaction';
    };
    // #endregion pool-of-one
    const verdicts: (readonly [string, string])[] = [];
    for (const [name, checkout, cart] of [
      ['as it was', leaking, 10],
      ['first patch', releasing, 11],
      ['helper', fixed, 12],
    ] as const)
      verdicts.push([name, await verdict(checkout, cart)]);
    fact(
      'state of the cart after the helper answered 409',
      await db.value('SELECT state FROM cart WHERE id = 12'),
    );
    fact('test with a pool of one', { columns: ['checkout', 'verdict'], rows: verdicts });

    // #region ways-out
    const pool = poolOfOne();
    const ways: Record<string, () => Promise<unknown>> = {
      'returns early': () => transaction(pool, async (c) => c.query('SELECT 1')),
      throws: () => transaction(pool, () => Promise.reject(new Error('partner is down'))),
      'a statement fails': () => transaction(pool, (c) => c.query('SELECT 1 / 0')),
      'the error is swallowed': () =>
        transaction(pool, (c) => c.query('SELECT 1 / 0').catch(() => undefined)),
      'the connection dies': () =>
        transaction(pool, (c) => c.query('SELECT pg_terminate_backend(pg_backend_pid())')),
    };
    // #endregion ways-out
    const rows: (readonly [string, string, string])[] = [];
    for (const [name, way] of Object.entries(ways)) {
      const caller = await way().then(
        () => 'resolved',
        (error: unknown) => `rejected: ${(error as Error).message}`,
      );
      const next = await pool.connect();
      rows.push([
        name,
        caller,
        next.getTransactionStatus() === 'I' ? 'free, outside a transaction' : 'in a transaction',
      ]);
      next.release();
    }
    fact('ways out of the helper', {
      columns: ['the work', 'the caller sees', 'the only connection afterwards'],
      rows,
    });
    await pool.end();

    // #region soak
    const ten = new pg.Pool({ connectionString: db.url, max: 10 });
    for (let cart = 101; cart <= 1100; cart += 1)
      await fixed(ten, cart, cart % 20 === 0 ? 'SUMMER' : 'WELCOME');
    // #endregion soak
    fact('checkouts after the fix', 1000);
    fact('connections still lent out after them', ten.totalCount - ten.idleCount);
    fact(
      'orders placed by them',
      await db.value<number>('SELECT count(*) FROM purchase WHERE cart BETWEEN 101 AND 1100'),
    );
    await ten.end();
  },
});
