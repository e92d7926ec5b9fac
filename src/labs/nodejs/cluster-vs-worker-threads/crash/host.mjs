import cluster from 'node:cluster';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const [kind, failure, listener] = process.argv.slice(2);
const file = new URL('worker.mjs', import.meta.url);

// #region host
const start = {
  thread: () => new Worker(file, { argv: [failure], resourceLimits: { maxOldGenerationSizeMb: 32 } }),
  process: () => {
    cluster.setupPrimary({ exec: file.pathname, args: [failure], execArgv: ['--max-old-space-size=32'] });
    return cluster.fork();
  },
}[kind];
const tell = (worker, text) => (kind === 'thread' ? worker.postMessage(text) : worker.send(text));

const victim = start();
const bystander = start();
await Promise.all([once(victim, 'message'), once(bystander, 'message')]);

let seen;
if (listener !== 'no listener') victim.on('error', (error) => (seen = error.code ?? error.message));
const end = new Promise((resolve) => victim.on('exit', (code, signal) => resolve({ code, signal })));
tell(victim, 'fail');
const { code, signal } = await end;
seen ??= signal ?? `exit code ${code}`;

tell(bystander, 'ping');
await once(bystander, 'message');
console.log(seen); // printed only if the host and the other worker are alive
process.exit();
// #endregion host
