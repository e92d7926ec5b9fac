import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

const [kind, load] = process.argv.slice(2);
const file = new URL('part.mjs', import.meta.url);
const workers = 4;

// #region memory
/** A line of the kernel's account of a process, in MB. */
const memory = (pid, line) =>
  Number(new RegExp(`^${line}: +(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) /
  1024;

const start = () =>
  kind === 'process' ? fork(file, [load], { execArgv: [] }) : new Worker(file, { argv: [load] });

const before = memory(process.pid, 'Private_Dirty'); // what it has written, and shares with no other process
const all = [];
const times = [];
for (let n = 0; n < workers; n += 1) {
  const began = performance.now();
  all.push(start());
  await once(all[n], 'message');
  times.push(performance.now() - began);
}
const pids = [process.pid, ...(kind === 'process' ? all.map(({ pid }) => pid) : [])];
const after = pids.reduce((sum, pid) => sum + memory(pid, 'Private_Dirty'), 0);
// #endregion memory

console.log(
  JSON.stringify({
    each: (after - before) / workers,
    resident: memory(pids.at(-1), 'Rss'),
    start: times.sort((a, b) => a - b)[1],
  }),
);
for (const worker of all) await (kind === 'process' ? worker.kill() : worker.terminate());
