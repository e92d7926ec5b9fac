/** The same service behind a queue: `worker.ts <database>`. Works until it is killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const [url = ''] = process.argv.slice(2);
const db = new pg.Client({ connectionString: url });
await db.connect();
console.log('ready');

// #region take
for (;;) {
  await db.query('BEGIN');
  const { rows } = await db.query<{ order_id: number }>(
    `DELETE FROM job WHERE id = (SELECT id FROM job ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING order_id`,
  );
  if (rows[0]) await db.query('INSERT INTO invoice VALUES ($1)', [rows[0].order_id]);
  await db.query('COMMIT'); // job gone and invoice there, or neither
  if (!rows[0]) await sleep(20);
}
// #endregion take
