/** Fills orders.total_cents from orders.total, in batches, from where the last run stopped. Argument: the database's URL. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const db = new pg.Client({ connectionString: process.argv[2], application_name: 'backfill' });
await db.connect();

// #region loop
const size = 1000; // rows locked at once, and work lost when killed
const share = 0.5; // of the time it may use; the rest belongs to the application

for (;;) {
  const start = performance.now();
  await db.query('BEGIN');
  const progress = await db.query<{ last_id: number }>('SELECT last_id FROM backfill FOR UPDATE'); // one worker at a time
  const batch = await db.query<{ last_id: number | null; filled: number }>(
    `WITH batch AS (
       SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT $2 FOR NO KEY UPDATE
     ), filled AS (
       UPDATE orders SET total_cents = round(total * 100)
         FROM batch WHERE orders.id = batch.id AND orders.total_cents IS NULL
         RETURNING orders.id
     )
     SELECT (SELECT max(id) FROM batch) AS last_id, (SELECT count(*)::int FROM filled) AS filled`,
    [progress.rows[0]?.last_id, size],
  );
  const { last_id: last = null, filled = 0 } = batch.rows[0] ?? {};
  if (last !== null) {
    await db.query('UPDATE backfill SET last_id = $1, filled = filled + $2', [last, filled]);
  }
  await db.query('COMMIT'); // rows and checkpoint together, or neither
  if (last === null) break;
  console.log(`up to ${last}`);
  await sleep((performance.now() - start) * (1 / share - 1));
}
// #endregion loop
await db.end();
