import { lab } from '#labs/index.ts';

interface Event {
  number: string;
  id: string;
}

export default lab({
  title: 'One of two services comes back as it was before',
  claim:
    'A consumer that was set back is repaired by replaying events, because inbox and effect went back together; a producer that was set back hands out used numbers and versions again, and its consumers drop what is new.',
  engines: ['postgres'],
  async run({ postgres, fact, scene, step, until }) {
    const server = await postgres.instance({ wal_level: 'logical' });
    const [orders, stock] = [await server.database(), await server.database()];
    await orders.query(`
      CREATE TABLE outbox (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id uuid NOT NULL DEFAULT uuidv7()
      );
      CREATE TABLE orders (id int PRIMARY KEY, version int NOT NULL, status text NOT NULL)`);
    await stock.query(`
      CREATE TABLE by_number (number bigint PRIMARY KEY);
      CREATE TABLE by_uuid (id uuid PRIMARY KEY);
      CREATE TABLE stock (free int NOT NULL);
      INSERT INTO stock VALUES (1000);
      CREATE TABLE order_view (id int PRIMARY KEY, version int NOT NULL, status text NOT NULL)`);
    const copy = await server.standby(); // what it holds when it is cut off is the backup

    await orders.query(`SELECT pg_create_logical_replication_slot('relay', 'test_decoding')`);

    const sell = (db: typeof orders, cups: number) =>
      db.query<Event>('INSERT INTO outbox SELECT FROM generate_series(1, $1) RETURNING number, id', [cups]);
    /** Both kinds of inbox for each event; a cup is taken if the UUID is new. Returns how many each kind let pass. */
    // #region consume
    const consume = async (db: typeof stock, events: readonly Event[]) => {
      const passed = async (table: string, column: keyof Event, type: string) => {
        const news = events.map((event) => event[column]);
        const insert = `INSERT INTO ${table} SELECT unnest($1::${type}[]) ON CONFLICT DO NOTHING RETURNING 1`;
        return (await db.query(insert, [news])).length;
      };
      await db.query('BEGIN');
      const byNumber = await passed('by_number', 'number', 'bigint');
      const byUuid = await passed('by_uuid', 'id', 'uuid');
      await db.query('UPDATE stock SET free = free - $1', [byUuid]);
      await db.query('COMMIT');
      return { byNumber, byUuid };
    };
    // #endregion consume
    const show = (version: number, status: string) =>
      stock.query(
        `INSERT INTO order_view VALUES (7, $1, $2) ON CONFLICT (id) DO UPDATE
           SET version = excluded.version, status = excluded.status
           WHERE order_view.version < excluded.version RETURNING version`,
        [version, status],
      );
    const change = async (db: typeof orders, status: string) =>
      await db.value<number>(
        'UPDATE orders SET version = version + 1, status = $1 WHERE id = 7 RETURNING version',
        [status],
      );

    await consume(stock, await sell(orders, 50));
    await orders.query(`INSERT INTO orders VALUES (7, 1, 'placed')`);
    await show(1, 'placed');
    const copiedStock = await copy.open(stock.name);
    const copiedOrders = await copy.open(orders.name);
    await until('the copy has the 50th cup', async () => {
      const version = await copiedOrders.value<number>('SELECT max(version) FROM orders');
      const sold = await copiedStock.value<number>('SELECT count(*) FROM order_view');
      return version === 1 && sold === 1;
    });
    await copy.promote(); // 14:00. From here on the copy stands still and the originals go on.
    const slots = 'SELECT count(*) FROM pg_replication_slots';
    fact('replication slots on the primary, on the promoted copy', [
      await orders.value<number>(slots),
      await copiedOrders.value<number>(slots),
    ]);
    await consume(stock, await sell(orders, 100));
    await show(await change(orders, 'paid'), 'paid');
    await show(await change(orders, 'shipped'), 'shipped');
    const free = () => stock.value<number>('SELECT free FROM stock');
    const copiedFree = () => copiedStock.value<number>('SELECT free FROM stock');

    scene('Stock comes back from 14:00, orders is at 14:20');
    const missing = (await copiedFree()) - (await free());
    fact('sold cups that stand in stock again', missing);
    step({
      who: 'Stock',
      does: '(restored)',
      result: `${missing} sold cups are free again`,
      outcome: 'fails',
    });
    const again = await orders.query<Event>(
      'SELECT number, id FROM outbox WHERE number > 30 ORDER BY number',
    );
    const applied = (await consume(copiedStock, again)).byUuid;
    fact('events replayed', again.length);
    fact('events the restored inbox drops', again.length - applied);
    fact('cups that differ after the replay', (await copiedFree()) - (await free()));
    step({
      who: 'Orders',
      does: `replay ${again.length} events from before 14:00`,
      result: `${applied} applied, ${again.length - applied} dropped`,
    });

    scene('Orders comes back from 14:00, stock is at 14:20');
    fact(
      'events that stock knows and the restored outbox does not',
      (await stock.value<number>('SELECT count(*) FROM by_uuid')) -
        (await copiedOrders.value<number>('SELECT count(*) FROM outbox')),
    );
    const fresh = await sell(copiedOrders, 100);
    fact('last number before the backup, first after it', [50, Number(fresh[0]?.number)]);
    const passed = await consume(stock, fresh);
    fact('of 100 new events dropped by number', 100 - passed.byNumber);
    fact('of 100 new events dropped by UUID', 100 - passed.byUuid);
    step({
      who: 'Orders',
      does: `100 new events, numbers from ${fresh[0]?.number}`,
      result: `${100 - passed.byNumber} dropped as seen`,
      outcome: 'fails',
      note: 'With a UUID for each event none is dropped.',
    });
    const version = await change(copiedOrders, 'cancelled');
    const shown = (await show(version, 'cancelled')).length;
    fact('version of the cancel after the restore', version);
    fact('order 7 in the view after that cancel', await stock.value('SELECT status FROM order_view'));
    step({
      who: 'Orders',
      does: `order 7 v${version}: cancelled`,
      result: shown === 1 ? 'applied' : 'the view has v3: dropped',
      outcome: 'fails',
    });
    await copiedOrders.query('UPDATE orders SET version = version + 1000000'); // after a restore, jump ahead
    await show(await change(copiedOrders, 'cancelled'), 'cancelled');
    fact('order 7 in the view once versions jumped', await stock.value('SELECT status FROM order_view'));
  },
});
