/** Runs labs, each in a process of its own, beside one PostgreSQL server that they share. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EngineMissing } from './engines/engine.ts';
import { leash } from './engines/leash.ts';
import { nodeProgram } from './engines/node.ts';
import { Server } from './engines/postgres/server.ts';
import type { FromLab, Needs, ToLab } from './messages.ts';
import type { Result } from './result.ts';
import { Turns } from './turns.ts';

/** How a lab's run ended. */
export type Ran =
  | {
      readonly state: 'ran';
      readonly result: Result;
      readonly broken: readonly string[];
      readonly ms: number;
    }
  | { readonly state: 'missing'; readonly reason: string; readonly ms: number }
  | { readonly state: 'declined'; readonly needs: Needs; readonly ms: number }
  | { readonly state: 'failed'; readonly error: string; readonly ms: number };

/** How to run a lab. */
export interface RunOptions {
  /** Whether what the lab prints goes to our own output; else it is kept for a failure's message. */
  readonly echo?: boolean;
  /** Asked once the lab's needs are known; a lab that is not wanted ends as `declined`. */
  readonly wanted?: (needs: Needs) => boolean;
  /** Runs with no other lab beside it, as one that asks for that itself. */
  readonly alone?: boolean;
}

const lastLines = (text: string, count: number): string => text.trim().split('\n').slice(-count).join('\n');

/** Runs labs. Stop it in every case: it holds the shared server. */
export class Runner {
  #server: Promise<Server> | undefined;
  readonly #children = new Set<ChildProcess>();
  readonly #turns: Turns;
  readonly #places: Turns;
  #stopping = false;

  /** @param most how many labs run side by side. */
  constructor(most = 1) {
    this.#turns = new Turns(most);
    this.#places = new Turns(most + 1);
  }

  /**
   * Runs one lab to its end, when its turn comes.
   * @param file absolute path of the lab.
   */
  async run(
    file: string,
    { echo = false, wanted = () => true, alone = false }: RunOptions = {},
  ): Promise<Ran> {
    // A lab that waits for its turn is a process already: no more of them than are soon needed.
    const leave = await this.#places.take(false);
    const child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), [file], {
      execPath: nodeProgram(26) ?? process.execPath,
      // KafkaJS sets timers in the past; that says nothing about a lab.
      execArgv: ['--disable-warning=TimeoutNegativeWarning'],
      stdio: ['ignore', echo ? 'inherit' : 'pipe', echo ? 'inherit' : 'pipe', 'ipc'],
      // Its own group, so that whatever a lab starts can be ended with it.
      detached: process.platform !== 'win32',
    });
    this.#children.add(child);
    const release =
      child.pid === undefined ? undefined : leash({ pid: child.pid, group: true, signal: 'TERM' });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    }
    const heard: FromLab[] = [];
    const ready = new Promise<Needs | undefined>((resolve) => {
      child.on('message', (message: FromLab) => {
        if (message.type === 'wants-postgres') void this.#answer(child);
        else if (message.type === 'ready') resolve(message.needs);
        else heard.push(message);
      });
      child.once('close', () => {
        resolve(undefined);
      });
    });
    const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      child.once('close', (...end) => {
        resolve(end);
      });
      child.once('error', (error) => {
        printed += error.message;
        resolve([null, null]);
      });
    });

    const needs = await ready;
    const declined = needs && !wanted(needs);
    const done = needs && !declined ? await this.#turns.take(alone || needs.alone) : undefined;
    const began = performance.now();
    const serverBefore = await this.#server?.catch(() => undefined);
    const patience = new AbortController();
    const timer = setTimeout(
      () => {
        patience.abort();
        this.#send(child, { type: 'stop' });
        setTimeout(() => child.kill('SIGKILL'), 15_000).unref();
      },
      (needs?.timeout ?? 60) * 1000,
    );
    this.#send(child, { type: declined ? 'stop' : 'go' });
    const [code, signal] = await ended;
    const ms = performance.now() - began;
    clearTimeout(timer);
    this.#children.delete(child);
    endGroup(child);
    release?.();
    done?.();
    leave();
    if (declined) return { state: 'declined', needs, ms };

    const last = heard.at(-1);
    const hanging = patience.signal.aborted;
    if (last?.type === 'finished' && !hanging) {
      return { state: 'ran', result: last.recording.result, broken: last.recording.broken, ms };
    }
    if (last?.type === 'missing') return { state: 'missing', reason: last.reason, ms };
    const serverNow = await this.#server?.catch(() => undefined);
    // A lab may lose its connection a moment before the server's end is reported to us.
    if (serverNow && last?.type === 'failed' && /terminat|ECONN/.test(last.error))
      await serverNow.settled(500);
    const accident = serverNow?.accident ?? serverBefore?.accident;
    const error = hanging
      ? `The lab did not end within ${needs?.timeout ?? 60} s.`
      : last?.type === 'failed'
        ? last.error
        : `The lab's process ended by ${signal ?? `exit code ${code ?? '?'}`} without a result.`;
    const parts = [error, accident, printed && `It printed:\n${lastLines(printed, 20)}`];
    return { state: 'failed', error: parts.filter(Boolean).join('\n\n'), ms };
  }

  /** Ends what still runs and the shared server. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const ends = [...this.#children].map(
      (child) =>
        new Promise<void>((resolve) => {
          child.once('close', () => { resolve(); });
          this.#send(child, { type: 'stop' });
          setTimeout(() => child.kill('SIGKILL'), 15_000).unref();
        }),
    ); // prettier-ignore
    await Promise.all(ends);
    const server = await this.#server?.catch(() => undefined);
    this.#server = undefined;
    await server?.stop();
  }

  #send(child: ChildProcess, message: ToLab): void {
    // A child that has just ended takes no more messages; its end is seen elsewhere.
    if (child.connected) child.send(message, () => undefined);
  }

  async #answer(child: ChildProcess): Promise<void> {
    try {
      if (this.#stopping) throw new Error('The run is being stopped.');
      // Set before anything is waited for: labs that ask at the same moment must not start a server each.
      const before = this.#server ?? Promise.resolve(undefined);
      this.#server = before
        .catch(() => undefined)
        .then((current) => (current && !current.accident ? current : Server.start()));
      const server = await this.#server;
      this.#send(child, { type: 'postgres', port: server.port, socketFolder: server.socketFolder });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#send(child, { type: 'no-postgres', reason, missing: error instanceof EngineMissing });
    }
  }
}

/** Ends what a lab left running in its process group. */
function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || process.platform === 'win32') return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing is left of the group: the usual case.
  }
}
