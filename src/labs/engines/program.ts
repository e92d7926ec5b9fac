/** Starts a program for a lab: what it prints is kept, and it is killed when the lab ends. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Host } from './engine.ts';
import { leash } from './leash.ts';
import { until } from './until.ts';

/** What a finished program left. */
export interface ProgramRun {
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of stdout, without empty ones. */
  readonly lines: readonly string[];
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  /** From start to exit, in milliseconds. */
  readonly ms: number;
}

/** A running program. */
export interface Program {
  readonly pid: number;
  /** What it printed so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Waits until its output (stdout, then stderr) matches, and returns the match. @throws when the program ends before, with what it printed. */
  line(pattern: RegExp, timeout?: number): Promise<RegExpExecArray>;
  /** Writes a line to its stdin. */
  write(line: string): void;
  /** Sends a signal; default SIGKILL. Returns at once. */
  kill(signal?: NodeJS.Signals): void;
  /** Waits for its end. */
  readonly ended: Promise<ProgramRun>;
}

/** How a program is started. */
export interface ProgramOptions {
  readonly args?: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory; default the folder of the guide's labs. */
  readonly cwd?: string;
  /** The signal that ends it when the lab ends; default SIGKILL. */
  readonly endBy?: NodeJS.Signals;
  /** True for a program that starts others: then signals go to all of them. */
  readonly group?: boolean;
  /** For programs that refuse root. */
  readonly uid?: number;
  readonly gid?: number;
}

/** The environment of a program: nothing of ours that changes what it prints. */
function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const ours = new Set(['NODE_OPTIONS', 'FORCE_COLOR', 'NODE_CHANNEL_FD', 'NODE_TEST_CONTEXT']);
  const kept = Object.entries(process.env).filter(([name]) => !ours.has(name));
  return { ...Object.fromEntries(kept), NO_COLOR: '1', ...extra };
}

/**
 * Starts a program.
 * @throws when it cannot be started at all.
 */
export function start(
  host: Pick<Host, 'defer' | 'labFolder'>,
  command: string,
  options: ProgramOptions = {},
): Program {
  const began = performance.now();
  const child = spawn(command, options.args ?? [], {
    cwd: options.cwd ?? host.labFolder,
    env: environment(options.env),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: options.group ?? false,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  // Without a process id the start has failed, which is thrown below; a later error means that a signal could not be sent.
  child.on('error', () => undefined);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} could not be started: is it there, and may it be run?`);
  const release = leash({ pid, signal: 'KILL', group: options.group ?? false });
  const signalTo = (signal: NodeJS.Signals): void => {
    try {
      process.kill(options.group ? -pid : pid, signal);
    } catch {
      // It has ended already.
    }
  };
  const name = path.basename(command);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // A program that ended may refuse what is still written to it.
  child.stdin.on('error', () => undefined);
  let run: ProgramRun | undefined;
  const ended = new Promise<ProgramRun>((resolve) => {
    child.once('close', (code, signal) => {
      release();
      run = { stdout, stderr, lines: stdout.split('\n').filter((line) => line !== ''), code, signal, ms: performance.now() - began }; // prettier-ignore
      resolve(run);
    });
  });
  host.defer(async () => {
    if (run) return;
    signalTo(options.endBy ?? 'SIGKILL');
    const impatient = setTimeout(() => {
      signalTo('SIGKILL');
    }, 5_000);
    await ended;
    clearTimeout(impatient);
  });
  return {
    pid,
    ended,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    line: (pattern, timeout) =>
      until(
        `${name} prints ${pattern}`,
        () => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (!match && run)
            throw new Error(
              `${name} ended (${run.signal ?? run.code}) before it printed ${pattern}:\n${stdout}${stderr}`,
            );
          return match;
        },
        timeout,
      ),
    write: (line) => child.stdin.write(`${line}\n`),
    kill: (signal = 'SIGKILL') => {
      if (!run) signalTo(signal);
    },
  };
}

/**
 * Runs a program to its end, with nothing on its stdin.
 * @param timeout in milliseconds.
 * @throws when it has not ended by then, with what it printed.
 */
export async function runToEnd(
  host: Pick<Host, 'defer' | 'labFolder'>,
  command: string,
  options: ProgramOptions = {},
  timeout = 30_000,
): Promise<ProgramRun> {
  const program = start(host, command, options);
  const patience = new AbortController();
  const timer = setTimeout(() => {
    patience.abort();
    program.kill();
  }, timeout);
  const run = await program.ended;
  clearTimeout(timer);
  if (patience.signal.aborted)
    throw new Error(
      `${path.basename(command)} did not end within ${timeout / 1000} s. It printed:\n${run.stdout}${run.stderr}`,
    );
  return run;
}
