import { lab } from '#labs/index.ts';

export default lab({
  title: 'Uniqueness stops at the partition',
  claim:
    'A unique key must contain the partition key, so the same id can be stored twice in two partitions; a plain table of keys beside it keeps the rule. A row whose partition key changes moves, and a writer that waited for it fails.',
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

    scene('A table of keys beside it keeps the rule');
    // #region keys
    await app.does('CREATE TABLE payment_key (id bigint PRIMARY KEY)');
    const pay = (on: string): string => `
      WITH taken AS (INSERT INTO payment_key VALUES (8) ON CONFLICT DO NOTHING RETURNING id)
      INSERT INTO payment SELECT id, '${on}' FROM taken`;
    await app.does(pay('2026-11-30'));
    await app.does(pay('2026-12-01'), { note: 'The key is taken, so nothing is inserted.' });
    // #endregion keys
    fact(
      'Payments with one id behind a table of keys',
      await db.value<number>('SELECT count(*) FROM payment WHERE id = 8'),
    );

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
