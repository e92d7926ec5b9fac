import type { ClientBase } from 'pg';

/**
 * Publishes what the outbox holds and marks it sent, at most 100 rows at a time.
 * `before` is told each step before it begins; the lab kills the process there.
 */
// #region relay
export async function relay(
  db: ClientBase,
  publish: (event: string) => Promise<void>,
  before: (step: string) => void = () => undefined,
): Promise<void> {
  await db.query('BEGIN');
  const { rows } = await db.query<{ id: string; event: string }>(
    `SELECT id, event FROM outbox WHERE sent_at IS NULL
     ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED`,
  );
  before('publish');
  for (const row of rows) await publish(row.event); // throws: the caller ends the connection, nothing is marked
  before('mark');
  await db.query('UPDATE outbox SET sent_at = now() WHERE id = ANY($1)', [rows.map((row) => row.id)]);
  await db.query('COMMIT');
}
// #endregion relay
