/** Fills orders.total_cents from orders.total, in batches, from where the last run stopped. Argument: the database's URL. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const db = new pg.Client({ connectionString: process.argv[2], application_name: 'backfill' });
await db.connect();

interface Progress {
  readonly last_id: number;
}

/** `filled` is a bigint, which the driver gives as text. */
interface Batch {
  readonly last: number | null;
  readonly filled: string;
}

const size = 1000; // rows locked at once, and work lost when killed
const share = 0.5; // of the time; the rest belongs to the application

// #region fill
const fill = `
  WITH batch AS (
    SELECT id FROM orders
     WHERE id > $1 ORDER BY id LIMIT $2 FOR NO KEY UPDATE
  ), filled AS (
    UPDATE orders SET total_cents = round(total * 100) FROM batch
     WHERE orders.id = batch.id
       AND total_cents IS DISTINCT FROM round(total * 100)
     RETURNING orders.id
  )
  SELECT (SELECT max(id) FROM batch) AS last,
         (SELECT count(*) FROM filled) AS filled`;
// #endregion fill

// #region loop
for (;;) {
  const start = performance.now();
  await db.query('BEGIN');
  const progress = await db.query<Progress>(
    'SELECT last_id FROM backfill FOR UPDATE', // a second worker waits
  );
  const from = progress.rows[0]?.last_id;
  const [batch] = (await db.query<Batch>(fill, [from, size])).rows;
  const last = batch?.last ?? null;
  await db.query(
    `UPDATE backfill
        SET last_id = coalesce($1, last_id), filled = filled + $2`,
    [last, batch?.filled],
  );
  await db.query('COMMIT'); // rows and checkpoint together, or neither
  if (last === null) break;
  console.log(`up to ${last}`);
  await sleep((performance.now() - start) * (1 / share - 1));
}
// #endregion loop
await db.end();
