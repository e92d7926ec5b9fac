/** Takes jobs until none is left: `worker.ts <url> <inside|before>`. The payload “crash” ends the process, as a native fault or the OOM killer does. */
import pg from 'pg';

const [url = '', counts = ''] = process.argv.slice(2);
const db = new pg.Client({ connectionString: url });
await db.connect();

function work(payload: string): void {
  if (payload === 'crash') process.kill(process.pid, 'SIGKILL');
}

// #region inside
/** One transaction takes, counts and works: the crash rolls the count back. */
async function countInside(): Promise<boolean> {
  await db.query('BEGIN');
  const { rows } = await db.query<{ id: number; payload: string }>(
    `UPDATE job SET attempts = attempts + 1 WHERE id = (
       SELECT id FROM job WHERE state = 'waiting' AND attempts < 3 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, payload`,
  );
  if (rows[0]) work(rows[0].payload);
  if (rows[0]) await db.query(`UPDATE job SET state = 'done' WHERE id = $1`, [rows[0].id]);
  await db.query('COMMIT');
  return rows[0] !== undefined;
}
// #endregion inside

// #region before
/** The claim and its count are committed before the work starts. A job that was claimed three times is dead. */
async function countBefore(): Promise<boolean> {
  const { rows } = await db.query<{ id: number; payload: string; attempts: number }>(
    `UPDATE job SET attempts = attempts + 1, claimed_until = now() + make_interval(secs => lease) WHERE id = (
       SELECT id FROM job WHERE state = 'waiting' AND claimed_until <= now() ORDER BY id LIMIT 1
       FOR UPDATE SKIP LOCKED)
     RETURNING id, payload, attempts`,
  );
  const [job] = rows;
  if (!job) return false;
  const dead = job.attempts > 3; // claimed for the fourth time: three workers did not come back
  if (!dead) work(job.payload);
  await db.query('UPDATE job SET state = $2 WHERE id = $1 AND attempts = $3', [job.id, dead ? 'dead' : 'done', job.attempts]); // prettier-ignore
  return true;
}
// #endregion before

while (await (counts === 'inside' ? countInside() : countBefore()));
await db.end();
