/** Runs labs, each in a process of its own, beside one PostgreSQL server that they share. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EngineMissing } from './engines/engine.ts';
import { leash } from './engines/leash.ts';
import { nodeProgram } from './engines/node.ts';
import { Server } from './engines/postgres/server.ts';
import type { FromLab, ToLab } from './messages.ts';
import type { Result } from './result.ts';

/** How a lab's run ended. */
export type Ran =
  | {
      readonly state: 'ran';
      readonly result: Result;
      readonly broken: readonly string[];
      readonly ms: number;
    }
  | { readonly state: 'missing'; readonly reason: string; readonly ms: number }
  | { readonly state: 'failed'; readonly error: string; readonly ms: number };

const lastLines = (text: string, count: number): string => text.trim().split('\n').slice(-count).join('\n');

/** Runs labs. Stop it in every case: it holds the shared server. */
export class Runner {
  #server: Promise<Server> | undefined;
  readonly #children = new Set<ChildProcess>();
  #stopping = false;

  /**
   * Runs one lab to its end.
   * @param file absolute path of the lab.
   * @param seconds after which it is ended as hanging.
   * @param echo whether what the lab prints goes to our own output (else it is kept for a failure's message).
   */
  async run(file: string, seconds = 60, echo = false): Promise<Ran> {
    const began = performance.now();
    const ms = (): number => performance.now() - began;
    const serverBefore = await this.#server?.catch(() => undefined);
    const child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), [file], {
      execPath: nodeProgram(26) ?? process.execPath,
      execArgv: [],
      stdio: ['ignore', echo ? 'inherit' : 'pipe', echo ? 'inherit' : 'pipe', 'ipc'],
      // Its own group, so that whatever a lab starts can be ended with it.
      detached: process.platform !== 'win32',
    });
    this.#children.add(child);
    const release =
      child.pid === undefined ? undefined : leash({ pid: child.pid, group: true, signal: 'TERM' });
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()));

    const heard: FromLab[] = [];
    child.on('message', (message: FromLab) => {
      if (message.type === 'wants-postgres') void this.#answer(child);
      else heard.push(message);
    });
    const patience = new AbortController();
    const timer = setTimeout(() => {
      patience.abort();
      this.#send(child, { type: 'stop' });
      setTimeout(() => child.kill('SIGKILL'), 15_000).unref();
    }, seconds * 1000);
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      child.once('close', (...end) => { resolve(end); });
      child.once('error', (error) => { printed += error.message; resolve([null, null]); });
    }); // prettier-ignore
    clearTimeout(timer);
    this.#children.delete(child);
    endGroup(child);
    const last = heard.at(-1);
    const hanging = patience.signal.aborted;
    release?.();

    if (last?.type === 'finished' && !hanging) {
      return { state: 'ran', result: last.recording.result, broken: last.recording.broken, ms: ms() };
    }
    if (last?.type === 'missing') return { state: 'missing', reason: last.reason, ms: ms() };
    const serverNow = await this.#server?.catch(() => undefined);
    const accident = serverNow?.accident ?? serverBefore?.accident;
    if (accident) this.#server = undefined;
    const error = hanging
      ? `The lab did not end within ${seconds} s.`
      : last?.type === 'failed'
        ? last.error
        : `The lab's process ended by ${signal ?? `exit code ${code ?? '?'}`} without a result.`;
    const parts = [error, accident, printed && `It printed:\n${lastLines(printed, 20)}`];
    return { state: 'failed', error: parts.filter(Boolean).join('\n\n'), ms: ms() };
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
      const current = await this.#server?.catch(() => undefined);
      if (!current || current.accident) this.#server = Server.start();
      const server = await (this.#server ?? Server.start());
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
