import { lab } from '#labs/index.ts';

const tables = `
  CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL, address text, version int NOT NULL DEFAULT 0);
  CREATE TABLE inbox (consumer text, message_id text, PRIMARY KEY (consumer, message_id));
  INSERT INTO account VALUES (1, 0, 'old street', 0)`;
const effect = 'UPDATE account SET balance = balance + 10 WHERE id = 1';
const mark = `INSERT INTO inbox VALUES ('billing', 'm1') ON CONFLICT DO NOTHING`;

export default lab({
  title: 'The same message twice, with and without an inbox',
  claim:
    'An inbox row and the effect in one transaction apply a message once, however often and however simultaneously it is delivered; an inbox row in a transaction of its own loses the effect or doubles it, an inbox partitioned by arrival forgets over midnight, and no inbox puts late messages in order.',
  engines: ['postgres'],
  async run({ postgres, fact, scene, step }) {
    // A broker that got no acknowledgement delivers again. “Dies” is a consumer whose connection is gone at that point.
    const rows: [string, number][] = [];
    const designs = {
      'no inbox': [[effect]],
      'effect, then inbox row': [[effect], [mark]],
      'inbox row, then effect': [[mark], [effect]],
      'both in one transaction': [[mark, effect]],
    } as const;
    for (const [name, transactions] of Object.entries(designs)) {
      const worst = { applied: 1, difference: 0 };
      for (let diesAfter = 1; diesAfter <= 2; diesAfter++) {
        const db = await postgres();
        await db.query(tables);
        // #region deliver
        const deliver = async (statements: number): Promise<void> => {
          const [consumer] = await db.sessions('consumer');
          const seen = await consumer.value<number>(`SELECT count(*) FROM inbox WHERE message_id = 'm1'`);
          if (seen > 0) return; // known: acknowledge and do nothing
          for (const transaction of transactions) {
            await consumer.query('BEGIN');
            for (const statement of transaction) {
              if (statements-- === 0) return consumer.client.end(); // dies here, nothing acknowledged
              await consumer.query(statement);
            }
            await consumer.query('COMMIT');
          }
        };
        await deliver(diesAfter); // dies before its next statement, or before it acknowledges
        await deliver(Infinity); // so the broker delivers again
        // #endregion deliver
        const applied = (await db.value<number>('SELECT balance FROM account')) / 10;
        if (Math.abs(applied - 1) > worst.difference) Object.assign(worst, { applied, difference: Math.abs(applied - 1) }); // prettier-ignore
      }
      rows.push([name, worst.applied]);
      fact(`${name}, times applied at worst`, worst.applied);
    }
    fact('one message, a death, a second delivery: times applied at worst', {
      columns: ['design', 'applied'],
      rows,
    });

    scene('Two deliveries at the same time');
    const db = await postgres();
    await db.query(tables);
    const [a, b] = await db.sessions('Consumer A', 'Consumer B');
    // #region race
    await a.does('BEGIN');
    await b.does('BEGIN');
    await a.does(mark, { note: 'One row: A owns the message.' });
    const second = await b.waits(mark, { note: 'The primary key makes B wait until A has ended.' });
    await a.does(effect);
    await a.does('COMMIT');
    const { tag } = await second.outcome(); // 'INSERT 0': somebody else has done it
    // #endregion race
    await b.does('COMMIT', { note: 'No row inserted: skip the effect, acknowledge.' });
    fact('the second insert reports', tag);
    fact('balance after two deliveries at once', await db.value('SELECT balance FROM account'));

    scene('Delivered before midnight and again after it');
    // #region midnight
    const inbox = (key: string): string => `
      CREATE TABLE daily (message_id text, day date, PRIMARY KEY (${key})) PARTITION BY RANGE (day);
      CREATE TABLE daily_21 PARTITION OF daily FOR VALUES FROM ('2026-11-21') TO ('2026-11-22');
      CREATE TABLE daily_22 PARTITION OF daily FOR VALUES FROM ('2026-11-22') TO ('2026-11-23')`;
    const byId = await db.query(inbox('message_id')).then(
      () => 'accepted',
      (error: unknown) => (error as { code: string }).code,
    );
    await db.query(inbox('message_id, day'));
    const accepts = async (id: string, day: string): Promise<number> =>
      db.value<number>(
        `WITH new AS (INSERT INTO daily VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*) FROM new`,
        [id, day],
      );
    // Message m1 was sent on the 21st, and is delivered on the 21st and on the 22nd.
    const byArrival = (await accepts('m1', '2026-11-21')) + (await accepts('m1', '2026-11-22'));
    const bySending = (await accepts('m2', '2026-11-21')) + (await accepts('m2', '2026-11-21'));
    // #endregion midnight
    step({ who: 'Inbox', does: 'day of arrival is the partition key, two deliveries', result: `accepts ${byArrival}`, outcome: 'fails' }); // prettier-ignore
    step({ who: 'Inbox', does: 'day of sending is the partition key, two deliveries', result: `accepts ${bySending}`, outcome: 'ok' }); // prettier-ignore
    fact('a primary key of the id alone, partitioned by day', byId);
    fact('accepted of two deliveries, partitioned by arrival', byArrival);
    fact('accepted of two deliveries, partitioned by sending', bySending);

    scene('A late message');
    const [consumer] = await db.sessions('Consumer');
    const messages = [['m3', 3, 'new street'], ['m2', 2, 'middle street']] as const; // prettier-ignore
    for (const guard of [false, true]) {
      await db.query(`UPDATE account SET address = 'old street', version = 1; TRUNCATE inbox`);
      for (const [id, version, address] of messages) {
        await consumer.query('BEGIN');
        await consumer.query(`INSERT INTO inbox VALUES ('billing', $1)`, [id]);
        // #region version
        const newer = guard ? `AND version < ${version}` : '';
        await consumer.query(
          `UPDATE account SET address = '${address}', version = ${version} WHERE id = 1 ${newer}`,
        );
        // #endregion version
        await consumer.query('COMMIT');
      }
      const address = await db.value<string>('SELECT address FROM account');
      step({
        who: 'Consumer',
        does: `version 3, then version 2, ${guard ? 'with' : 'without'} a version check`,
        result: address,
        outcome: guard ? 'ok' : 'fails',
      });
      fact(
        `address after version 3 and a late version 2, ${guard ? 'with' : 'without'} a version check`,
        address,
      );
    }
  },
});
