import pg from 'pg';
import { lab } from '#labs/index.ts';
import { giveUp, maxAttempts, run } from './saga/orchestrator.ts';
import { reconcile } from './saga/reconcile.ts';
import { release, reserve } from './saga/services.ts';

const points = [
  'reserve',
  'save after reserve',
  'charge',
  'save after charge',
  'ship',
  'save after ship',
  'refund',
  'release',
  'save the end',
];

export default lab({
  title: 'A saga killed at every step, and one that cannot be undone',
  claim:
    'With each step idempotent and its progress saved, an orchestrator that is killed anywhere is resumed and undone in full, also while an earlier one hangs; a refund that keeps failing leaves money behind, and a reconciliation job finds that and what no saga knows of.',
  engines: ['postgres', 'node'],
  async run({ postgres, node, fact, scene, step, defer }) {
    const [ordersDb, stockDb, paymentsDb] = [await postgres(), await postgres(), await postgres()];
    await ordersDb.query(`
      CREATE TABLE orders (id text PRIMARY KEY, status text NOT NULL, address text,
        changed timestamptz NOT NULL DEFAULT now());
      CREATE TABLE saga (id text PRIMARY KEY, state text NOT NULL DEFAULT 'forward', done int NOT NULL DEFAULT 0,
        attempts int NOT NULL DEFAULT 0, holder int NOT NULL DEFAULT 0);
    `);
    await stockDb.query(`
      CREATE TABLE stock (free int NOT NULL);
      INSERT INTO stock VALUES (100);
      CREATE TABLE reservation (saga text PRIMARY KEY, state text NOT NULL);
      CREATE TABLE parcel (saga text PRIMARY KEY); -- the courier's
    `);
    await paymentsDb.query(`
      CREATE TABLE payment (saga text PRIMARY KEY, cents int NOT NULL, changed timestamptz NOT NULL DEFAULT now());
      CREATE TABLE closed_card (saga text PRIMARY KEY);
    `);
    const connect = async (connectionString: string) => {
      const client = new pg.Client({ connectionString });
      await client.connect();
      defer(() => client.end());
      return client;
    };
    const services = {
      orders: await connect(ordersDb.url),
      stock: await connect(stockDb.url),
      payments: await connect(paymentsDb.url),
    };
    const open = (id: string) =>
      ordersDb.query(
        `INSERT INTO orders (id, status) VALUES ('${id}', 'pending'); INSERT INTO saga VALUES ('${id}')`,
      );
    const free = () => stockDb.value<number>('SELECT free FROM stock');
    const cents = async (id: string) =>
      (await paymentsDb.query<{ cents: number }>('SELECT cents FROM payment WHERE saga = $1', [id]))[0]
        ?.cents ?? 0;
    const node26 = await node();

    const said = (cups: number, money: number) =>
      [cups ? `${cups} cup` : [], money ? `${money} cents` : []].flat().join(', ') || 'nothing held';
    // #region kill
    const rows: string[][] = [];
    for (const at of points) {
      const id = `island, ${at}`;
      await open(id);
      const child = await node26.run('saga/child.ts', {
        args: [ordersDb.url, stockDb.url, paymentsDb.url, id, at],
      });
      if (child.signal !== 'SIGKILL') throw new Error(`Not killed before ${at}: ${child.stderr}`);
      const left = [100 - (await free()), await cents(id)] as const;
      const end = await run(services, id); // another orchestrator finds the row and goes on
      rows.push([at, said(...left), `${end}, ${said(100 - (await free()), await cents(id))}`]);
    }
    // #endregion kill
    fact('killed before a step, then resumed', {
      columns: ['killed before', 'it leaves', 'after another one resumed'],
      rows,
    });
    fact('places to be killed', points.length);
    fact('kills that left a cup or money behind', rows.filter((row) => row[1] !== 'nothing held').length);
    fact(
      'of them after another orchestrator resumed',
      rows.filter((row) => row[2] !== 'undone, nothing held').length,
    );

    await open('town');
    fact('an order that ships', await run(services, 'town'));

    // An orchestrator that hangs until its saga has been given up and undone by another one.
    const overtaken: (string | number)[][] = [];
    for (const [pause, fenced] of [
      ['charge', true],
      ['save after charge', true],
      ['save after charge', false],
    ] as const) {
      const id = `overtaken ${overtaken.length + 1}${fenced ? '' : ', no check'}`;
      await open(id);
      const [hangs, wakes] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
      // #region overtake
      const pauses = (next: string) => {
        if (next !== pause) return;
        hangs.resolve(undefined);
        return wakes.promise;
      };
      const first = run(services, id, pauses, fenced);
      await hangs.promise;
      await giveUp(services, id); // its deadline has passed
      const second = await run(services, id); // refunds and releases, whatever was charged
      wakes.resolve(undefined); // and the first one goes on where it was
      const late = await first;
      // #endregion overtake
      const parcels = await stockDb.query('SELECT FROM parcel WHERE saga = $1', [id]);
      overtaken.push([
        `${pause}${fenced ? '' : ', no check'}`,
        second,
        late,
        await cents(id),
        parcels.length,
      ]);
    }
    fact('overtaken by another orchestrator', {
      columns: ['the first hangs before', 'the second', 'the first, awake', 'cents paid', 'parcels sent'],
      rows: overtaken,
    });
    fact('cents paid when the late charge has arrived', overtaken[0]?.[3] ?? -1);
    fact('the first orchestrator, awake', overtaken[1]?.[2] ?? '');
    fact('parcels sent unpaid with the check', overtaken[1]?.[4] ?? -1);
    fact('parcels sent unpaid without the check', overtaken[2]?.[4] ?? -1);

    // An undo that overtakes its action.
    await release(services, 'overtaken');
    fact('a reservation that arrives after its release', await reserve(services, 'overtaken'));

    // The last cup is taken by a saga that is not finished.
    await stockDb.query('UPDATE stock SET free = 1');
    await reserve(services, 'first');
    fact('a second order for the last cup meanwhile', await reserve(services, 'second'));
    await open('locked');
    fact(
      'changing the address of a pending order',
      (
        await ordersDb.outcome(
          `UPDATE orders SET address = 'new' WHERE id = 'locked' AND status = 'confirmed'`,
        )
      ).tag,
    );
    await ordersDb.query(`DELETE FROM orders WHERE id = 'locked'`);

    // The refund that keeps failing.
    await stockDb.query('UPDATE stock SET free = 100');
    scene('The customer’s card is closed, and the refund fails');
    await open('island, card closed');
    await paymentsDb.query(`INSERT INTO closed_card VALUES ('island, card closed')`);
    let state = 'forward';
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      state = await run(services, 'island, card closed');
      if (attempt > 1 && attempt < maxAttempts) continue;
      step({
        who: 'Orchestrator',
        does: `attempt ${attempt}: refund, release`,
        result: state,
        outcome: 'fails',
        note:
          attempt === 1 ? 'The cup is back in stock. The money is not back.' : 'It stops trying and says so.',
      });
    }
    fact('state after five attempts', state);
    fact('cents still held by that saga', await cents('island, card closed'));
    fact('cups still held by that saga', 100 - (await free()));

    // What no saga row tells: an order whose charge was lost, and a charge whose order was.
    await ordersDb.query(`INSERT INTO orders (id, status) VALUES ('unpaid', 'confirmed')`);
    await paymentsDb.query(`INSERT INTO payment VALUES ('unknown', 4000)`);
    for (const [db, table] of [
      [ordersDb, 'orders'],
      [paymentsDb, 'payment'],
    ] as const) {
      await db.query(`UPDATE ${table} SET changed = now() - interval '1 hour'`);
    }
    await open('in flight');
    await paymentsDb.query(`INSERT INTO payment VALUES ('in flight', 4000)`);
    await open('slow'); // an hour old, and its charge has just gone through
    await ordersDb.query(`UPDATE orders SET changed = now() - interval '1 hour' WHERE id = 'slow'`);
    await paymentsDb.query(`INSERT INTO payment VALUES ('slow', 4000)`);
    const found = await reconcile(services, 600);
    for (const line of found)
      step({ who: 'Reconciliation', does: 'compare orders with payments', result: line });
    fact('differences found, ten minutes of grace', found);
    fact('differences found, without grace', (await reconcile(services, -1)).length);
    fact('false alarms without grace', (await reconcile(services, -1)).length - found.length);
  },
});
