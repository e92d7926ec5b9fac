/** Starts the service and does not read its stdout, as a log shipper that hangs; asks for its health, then reads. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

const service = fileURLToPath(new URL('./service.ts', import.meta.url));
const child = spawn(process.execPath, [service, process.argv[2] ?? ''], {
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
});
const { stdout } = child;
if (!stdout) throw new Error('The service has no stdout.');
let answers = 0;
let dropped: number | undefined;
child.on('message', (message: 'healthy' | { readonly dropped: number }) => {
  if (message === 'healthy') answers += 1;
  else dropped = message.dropped;
});
async function within(seconds: number, holds: () => boolean): Promise<boolean> {
  const end = performance.now() + seconds * 1_000;
  while (!holds() && performance.now() < end) await sleep(20);
  return holds();
}

child.send('start');
if (!(await within(20, () => answers === 1))) throw new Error('The service did not start.');
// #region stall
const returned = await within(3, () => dropped !== undefined); // did all its log calls return?
child.send('are you healthy?');
const healthy = await within(1, () => answers === 2);
let lines = 0;
stdout.on('data', (piece: Buffer) => (lines += piece.toString('latin1').split('\n').length - 1)); // reads again
const complete = await within(20, () => answers === 2 && lines === 3_000 - (dropped ?? 0));
// #endregion stall
child.kill('SIGKILL');
console.log(JSON.stringify({ returned, healthy, complete, lost: 3_000 - lines }));
