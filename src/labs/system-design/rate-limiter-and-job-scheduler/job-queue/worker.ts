/** Claims one job, reports it, works until it is told to stop, finishes it: `worker.ts <url> <lease> <await|block> <file>`. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { claim, finish, keep } from './queue.ts';

const [url = '', leaseText = '', mode = '', file = ''] = process.argv.slice(2);
const lease = Number(leaseText);
const db = new pg.Client({ connectionString: url });
await db.connect();

const job = await claim(db, lease);
if (!job) throw new Error('There is no job.');
console.log(`claimed, attempt ${job.attempt}`);

// #region beat
const beat = setInterval(
  () => {
    void keep(db, job, lease); // one query in each sixth of the lease
  },
  (lease * 1000) / 6,
);
if (mode === 'await') while (!existsSync(file)) await sleep(20);
else while (!existsSync(file)) block(20); // computing: the event loop stands still
clearInterval(beat);
console.log((await finish(db, job)) ? 'finished' : 'too late');
// #endregion beat
await db.end();

/** Keeps the thread for some milliseconds, as a large JSON.parse or a bad regular expression does. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
