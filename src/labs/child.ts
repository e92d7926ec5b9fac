/**
 * The process of one lab: imports it, gives it its engines, reports what it proved, and cleans up however it ends.
 * Started by the runner with the lab's file as its argument; talks over the IPC channel.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, platform, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Lab, LabContext } from './definition.ts';
import { EngineMissing, type Engine, type Host } from './engines/engine.ts';
import { engines, type EngineName } from './engines/index.ts';
import { leash } from './engines/leash.ts';
import { freePort } from './engines/ports.ts';
import { accidents } from './engines/postgres/index.ts';
import { until } from './engines/until.ts';
import type { FromLab, ToLab } from './messages.ts';
import { recorder } from './result.ts';

const say = (message: FromLab): Promise<void> =>
  new Promise((resolve) => {
    if (process.send) process.send(message, undefined, {}, () => { resolve(); });
    else resolve();
  }); // prettier-ignore

const cleanUps: (() => unknown)[] = [];
let cleaning: Promise<void> | undefined;

/** Runs every clean-up, the last registered first; one that fails or hangs does not keep the others from running. */
function cleanUp(): Promise<void> {
  cleaning ??= (async () => {
    for (let next = cleanUps.pop(); next; next = cleanUps.pop()) {
      const limit = new AbortController();
      await Promise.race([
        Promise.resolve().then(next).catch(() => undefined),
        sleep(10_000, undefined, { signal: limit.signal }).catch(() => undefined),
      ]); // prettier-ignore
      limit.abort();
    }
  })();
  return cleaning;
}

async function quit(code: number): Promise<never> {
  await cleanUp();
  process.exit(code);
}

const defer = (fn: () => unknown): void => {
  cleanUps.push(fn);
};

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'lab-'));
  const release = leash({ folder: made });
  defer(async () => {
    await rm(made, { recursive: true, force: true });
    release();
  });
  return made;
}

const answers: ((message: ToLab) => void)[] = [];

process.on('message', (message: ToLab) => {
  if (message.type === 'stop') void quit(1);
  else answers.shift()?.(message);
});
// The runner is gone: nobody will read the result.
process.on('disconnect', () => void quit(1));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void quit(1));

async function sharedPostgres(): Promise<{ port: number; socketFolder: string }> {
  const answer = new Promise<ToLab>((resolve) => answers.push(resolve));
  await say({ type: 'wants-postgres' });
  const message = await answer;
  if (message.type === 'postgres') return message;
  const reason = message.type === 'no-postgres' ? message.reason : 'the run is being stopped';
  throw message.type === 'no-postgres' && message.missing ? new EngineMissing(reason) : new Error(reason);
}

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const lines = (error.stack ?? error.message)
    .split('\n')
    .filter((line) => !/node:internal|node_modules/.test(line));
  return error.cause === undefined
    ? lines.join('\n')
    : `${lines.join('\n')}\nCaused by: ${describe(error.cause)}`;
};

async function main(file: string): Promise<void> {
  const { default: lab } = (await import(pathToFileURL(file).href)) as { default?: Lab };
  if (typeof lab?.run !== 'function')
    throw new TypeError(`${file} exports no lab. Write \`export default lab({ … })\`.`);

  const go = new Promise<ToLab>((resolve) => answers.push(resolve));
  await say({
    type: 'ready',
    needs: { engines: lab.engines, alone: lab.alone ?? false, timeout: lab.timeout ?? 60 },
  });
  await go;

  const systemNames: Partial<Record<NodeJS.Platform, string>> = {
    linux: 'Linux',
    darwin: 'macOS',
    win32: 'Windows',
  };
  const machine = `${cpus().length} CPUs, ${Math.round(totalmem() / 2 ** 30)} GB, ${systemNames[platform()] ?? platform()}`;
  const { used, finish, ...reporting } = recorder(lab, {
    on: new Date().toISOString().slice(0, 10),
    machine,
  });
  used('Node.js', process.versions.node);
  const host: Host = {
    labFolder: path.dirname(file),
    defer,
    folder,
    port: freePort,
    used,
    step: reporting.step,
    sharedPostgres,
  };

  const opened: Record<string, unknown> = {};
  for (const [name, engine] of Object.entries(engines) as [EngineName, Engine<unknown>][]) {
    if (lab.engines.includes(name)) {
      const reason = await engine.missing();
      if (reason !== undefined) throw new EngineMissing(`${engine.label}: ${reason}`);
      opened[name] = engine.open(host);
    } else {
      opened[name] = () => {
        throw new Error(`This lab uses ${name}, but does not name it in \`engines\`.`);
      };
    }
  }
  const context = {
    ...reporting,
    ...opened,
    folder,
    port: freePort,
    defer,
    sleep: (ms: number) => sleep(ms),
    until,
  } as unknown as LabContext;

  const began = performance.now();
  await lab.run(context);
  const recording = finish();
  const ms = performance.now() - began;
  await cleanUp();
  await say({ type: 'finished', recording, ms });
}

async function fail(error: unknown): Promise<never> {
  if (error instanceof EngineMissing) await say({ type: 'missing', reason: error.message });
  else await say({ type: 'failed', error: [describe(error), ...accidents()].join('\n\n') });
  return quit(1);
}

process.on('uncaughtException', (error) => void fail(error));
process.on('unhandledRejection', (error) => void fail(error));

const [, , file] = process.argv;
if (!file) throw new Error('This program is started by the runner, with the file of a lab.');
main(path.resolve(file)).then(
  () => process.exit(0),
  (error: unknown) => fail(error),
);
