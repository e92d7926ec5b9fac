import { lab } from '#labs/index.ts';

export default lab({
  title: 'An ALTER reaches the replicas',
  claim:
    'A report on a standby does not hold up the ALTER on the primary, but the replayed lock ends the report; a logical subscriber gets no ALTER at all and stops at the first row with the new column.',
  engines: ['postgres'],
  async run({ postgres, fact, scene, step, until }) {
    const primary = await postgres.instance({ wal_level: 'logical' });
    const db = await primary.database();
    await db.query('CREATE TABLE orders (id int PRIMARY KEY, total int); INSERT INTO orders VALUES (1, 40)');
    const migration = await db.session('Migration');

    scene('A physical standby');
    // The default lets a query delay the replay for 30 s; here it is shorter.
    const standby = await primary.standby({ max_standby_streaming_delay: '500ms' });
    const copy = await standby.open(db.name);
    const report = await copy.session('Report on the standby');
    // #region standby
    const running = report.outcome('SELECT total FROM orders, pg_sleep(60)');
    const holds = `SELECT count(*) FROM pg_locks WHERE relation = 'orders'::regclass AND mode = 'AccessShareLock'`;
    await until('the report holds its lock', async () => (await copy.value<number>(holds)) > 0);
    step({ who: 'Report on the standby', does: 'SELECT total FROM orders, pg_sleep(60)', result: 'runs' });
    const alter = await migration.does('ALTER TABLE orders ADD COLUMN note text', {
      note: 'Not held up: locks of the standby are not seen here.',
    });
    const ended = await running;
    // #endregion standby
    step({
      who: 'Report on the standby',
      does: '(the report ends)',
      result: `ERROR ${ended.code ?? ''}: ${ended.message ?? ''}`,
      outcome: 'fails',
      note: 'The standby replays the lock of the ALTER and waits no longer than max_standby_streaming_delay.',
    });
    fact('ALTER on the primary', alter.tag);
    fact('Report on the standby', ended.tag);

    fact(
      'Default of max_standby_streaming_delay',
      await db.value<string>('SHOW max_standby_streaming_delay'),
    );

    scene('A logical subscriber');
    const other = await postgres.instance({ wal_retrieve_retry_interval: '200ms' });
    const warehouse = await other.database();
    await warehouse.query('CREATE TABLE orders (id int PRIMARY KEY, total int)');
    await db.query('ALTER TABLE orders DROP COLUMN note; CREATE PUBLICATION p FOR TABLE orders');
    await warehouse.query(`CREATE SUBSCRIPTION s CONNECTION '${db.conninfo}' PUBLICATION p`);
    const copied = (): Promise<number> => warehouse.value<number>('SELECT count(*) FROM orders');
    await until('the first order arrives', async () => (await copied()) === 1);
    // #region logical
    await migration.does('ALTER TABLE orders ADD COLUMN note text');
    await migration.does(`INSERT INTO orders VALUES (2, 60, 'gift')`);
    const message = /logical replication target .*/;
    const refusal = () => message.exec(other.log)?.[0];
    const log = await until('it refuses the row', refusal);
    const stuck = await copied();
    const applies = { who: 'Subscriber', does: '(applies the INSERT)' };
    step({ ...applies, result: log, outcome: 'fails' });
    await warehouse.query('ALTER TABLE orders ADD COLUMN note text');
    step({
      who: 'Subscriber',
      does: 'ALTER TABLE orders ADD COLUMN note text',
      note: 'It belongs first, here.',
    });
    await until('the second order arrives', async () => (await copied()) === 2);
    step({ ...applies, result: '2 orders' });
    // #endregion logical
    fact('The subscriber’s log', log);
    fact('Orders of 2 at the subscriber without the column', stuck);
    fact('Orders of 2 once it has the column', await copied());
    await warehouse.query('ALTER SUBSCRIPTION s DISABLE');
    await warehouse.query('DROP SUBSCRIPTION s');
  },
});
