import { lab } from '#labs/index.ts';
import { schema } from './incident/checkout.ts';

export default lab({
  title: 'The customer who tries again waits for their own first attempt',
  claim:
    'The transaction left open holds the row lock of its cart, so a second attempt hangs while everyone else can still buy, and it takes a second connection.',
  engines: ['postgres'],
  async run({ postgres, fact }) {
    const db = await postgres();
    await db.query(schema(2));
    const [first, again, other] = await db.sessions('first attempt', 'same customer', 'another customer');
    // #region retry
    await first.does('BEGIN');
    await first.does(`UPDATE cart SET state = 'paying' WHERE id = 1`, {
      note: 'Takes the lock on the cart.',
    });
    await first.does(`SELECT expired FROM coupon WHERE code = 'SUMMER'`, {
      note: 'Answers 409 and forgets the transaction.',
    });
    await again.does('BEGIN');
    const waiting = await again.waits(`UPDATE cart SET state = 'paying' WHERE id = 1`);
    await other.does(`UPDATE cart SET state = 'paying' WHERE id = 2`, {
      note: 'Everyone else can still buy.',
    });
    const blockers = await db.query<{ state: string; query: string }>(
      `SELECT state, query FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids(${again.pid}))`,
    );
    // #endregion retry
    fact('who blocks the customer', {
      columns: ['state', 'last statement'],
      rows: blockers.map((row) => [row.state, row.query]),
    });
    fact(
      'state of the waiting attempt',
      await db.value(
        `SELECT state || ', waits for ' || wait_event_type FROM pg_stat_activity WHERE pid = ${again.pid}`,
      ),
    );
    fact(
      'connections held by one expired coupon and one retry',
      await db.value(
        `SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid IN (${first.pid}, ${again.pid})`,
      ),
    );
    await first.does('ROLLBACK', { note: 'What a restart of the pod does.' });
    fact('the waiting attempt', (await waiting.outcome()).tag);
    await again.does('ROLLBACK');
  },
});
