/** Imports payments from a CSV file, a batch at a time. Arguments: the database's URL, the file, and `apart` to save the checkpoint in a transaction of its own. */
import { open } from 'node:fs/promises';
import pg from 'pg';

const [url = '', file = '', mode = ''] = process.argv.slice(2);
// The server looks after its client every 50 ms, so the session of a killed worker ends even while it waits.
const options = '-c client_connection_check_interval=50ms';
const db = new pg.Client({ connectionString: url, application_name: 'importer', options });
await db.connect();

const batchSize = 1000;
const stop = new AbortController();
process.on('SIGTERM', () => {
  stop.abort();
});

interface Job {
  readonly id: number;
  readonly attempt: number;
  readonly byte_offset: number;
}

// #region claim
const claim = `
  UPDATE job SET attempt = attempt + 1,
                 lease_until = now() + interval '30 s'
   WHERE id = (SELECT id FROM job
                WHERE NOT done AND lease_until < now()
                ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING id, attempt, byte_offset`;
// #endregion claim

// #region save
const save = `
  UPDATE job SET byte_offset = $3, rows = rows + $4, done = $5,
                 lease_until = now() + interval '30 s'
   WHERE id = $1 AND attempt = $2`; // 0 rows: another worker has it
const giveBack = 'UPDATE job SET lease_until = now() WHERE id = $1 AND attempt = $2';
// #endregion save

const job = (await db.query<Job>(claim)).rows[0];
if (job === undefined) throw new Error('There is no job to do.');
console.log(`attempt ${job.attempt} from byte ${job.byte_offset}`);

/** The lines from a byte on, in batches, each with the byte after it. */
async function* batches(from: number): AsyncGenerator<{ lines: string[]; end: number }> {
  await using handle = await open(file);
  let end = from;
  let lines: string[] = [];
  for await (const line of handle.readLines({ start: from })) {
    end += Buffer.byteLength(line) + 1;
    if (lines.push(line) < batchSize) continue;
    yield { lines, end };
    lines = [];
  }
  yield { lines, end };
}

const insert = `INSERT INTO payment SELECT split_part(l, ',', 1)::int, split_part(l, ',', 2)::int FROM unnest($1::text[]) l`;

// #region loop
for await (const { lines, end } of batches(job.byte_offset)) {
  const done = lines.length < batchSize;
  if (mode !== 'apart') await db.query('BEGIN');
  await db.query(insert, [lines]);
  const { rowCount } = await db.query(save, [job.id, job.attempt, end, lines.length, done]);
  if (rowCount === 0) throw new Error('lost the lease'); // closes the connection: rolled back
  if (mode !== 'apart') await db.query('COMMIT');
  console.log(`up to byte ${end}`);
  if (!stop.signal.aborted || done) continue;
  await db.query(giveBack, [job.id, job.attempt]);
  console.log('gave the lease back');
  break;
}
// #endregion loop
await db.end();
