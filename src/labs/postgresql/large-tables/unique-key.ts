import { lab } from '#labs/index.ts';

export default lab({
  title: 'Uniqueness stops at the partition',
  claim:
    'A unique key must contain the partition key, so the same id can be stored twice in two partitions; an id that begins with the time can be the partition key and is unique again. A row whose partition key changes moves, and a writer that waited for it fails.',
  engines: ['postgres'],
  async run({ postgres, fact, scene }) {
    const db = await postgres();
    const [app] = await db.sessions('App');

    scene('The id alone cannot be the key');
    // #region refused
    const refused = await app.does(
      'CREATE TABLE payment (id bigint PRIMARY KEY, paid_on date) PARTITION BY RANGE (paid_on)',
    );
    await app.does(
      'CREATE TABLE payment (id bigint, paid_on date, PRIMARY KEY (id, paid_on)) PARTITION BY RANGE (paid_on)',
    );
    // #endregion refused
    fact('Primary key without the partition key', refused.tag);
    await app.query(`
      CREATE TABLE payment_11 PARTITION OF payment FOR VALUES FROM ('2026-11-01') TO ('2026-12-01');
      CREATE TABLE payment_12 PARTITION OF payment FOR VALUES FROM ('2026-12-01') TO ('2027-01-01');`);

    scene('A retry after midnight pays twice');
    // #region twice
    await app.does(`INSERT INTO payment VALUES (7, '2026-11-30')`);
    const sameDay = await app.does(`INSERT INTO payment VALUES (7, '2026-11-30')`, {
      note: 'Same day, same partition.',
    });
    await app.does(`INSERT INTO payment VALUES (7, '2026-12-01')`, {
      note: 'The same retry a second after midnight.',
    });
    await app.does('SELECT tableoid::regclass::text AS partition, id FROM payment ORDER BY 1');
    // #endregion twice
    fact('Retry on the same day', sameDay.tag);
    fact(
      'Payments with one id after the retry past midnight',
      await db.value<number>('SELECT count(*) FROM payment WHERE id = 7'),
    );

    scene('An id that carries the time is unique again');
    // #region time
    /** The smallest UUID of version 7 of a moment: 48 bits of Unix milliseconds, then zeros (RFC 9562). */
    const firstIdAt = (moment: string): string => {
      const hex = Date.parse(moment).toString(16).padStart(12, '0');
      return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
    };
    await app.does('CREATE TABLE orders (id uuid PRIMARY KEY, amount int) PARTITION BY RANGE (id)');
    for (const [month, next] of [
      ['2026-10', '2026-11'],
      ['2026-11', '2026-12'],
    ] as const) {
      await app.does(`
        CREATE TABLE orders_${month.slice(5)} PARTITION OF orders
        FOR VALUES FROM ('${firstIdAt(`${month}-01`)}') TO ('${firstIdAt(`${next}-01`)}')`);
    }
    // #endregion time
    await db.query(`
      INSERT INTO orders
        SELECT uuidv7(timestamptz '2026-10-01' + g * interval '1 hour' - clock_timestamp()), g
        FROM generate_series(1, 1400) g;
      ANALYZE orders`);
    /** Partitions that a query reads. */
    const read = async (where: string): Promise<number> =>
      (await db.explain(`SELECT * FROM orders WHERE ${where}`)).nodes.filter((node) => node.includes('Scan'))
        .length;
    const id = await db.value<string>('SELECT id FROM orders WHERE amount = 100');
    fact('Partitions read for one id', await read(`id = '${id}'`));
    fact(
      'Partitions read for a day, as a range of ids',
      await read(`id >= '${firstIdAt('2026-10-05')}' AND id < '${firstIdAt('2026-10-06')}'`),
    );
    fact(
      'Partitions read for a day, by a function of the id',
      await read(`uuid_extract_timestamp(id) >= '2026-10-05' AND uuid_extract_timestamp(id) < '2026-10-06'`),
    );
    fact('The same id a second time', (await db.outcome(`INSERT INTO orders VALUES ('${id}', 0)`)).tag);

    scene('A changed partition key moves the row');
    // #region moved
    const [first, second] = await db.sessions('First', 'Second');
    await db.query(`INSERT INTO payment VALUES (9, '2026-11-30')`);
    await first.does('BEGIN');
    await first.does(`UPDATE payment SET paid_on = '2026-12-02' WHERE id = 9`, {
      note: 'A DELETE from November and an INSERT into December.',
    });
    const waiting = await second.waits(`UPDATE payment SET id = 10 WHERE id = 9`);
    await first.does('COMMIT');
    const lost = await waiting.outcome(
      'In one table it would follow the row; into another partition it cannot.',
    );
    // #endregion moved
    fact('An update that waited for a row that moved', lost.tag);
  },
});
