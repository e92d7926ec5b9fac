/** Node.js 22, 24 and 26 side by side: run a file or a piece of source under one of them and see what it prints. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { regionOf } from '../regions.ts';
import { EngineMissing, type Engine, type Host } from './engine.ts';
import { leash } from './leash.ts';
import { until } from './until.ts';

/** The major versions that can be asked for. 26 is the one that the site itself is built with. */
export type NodeMajor = 22 | 24 | 26;

/** How a script is run. */
export interface NodeOptions {
  /** Arguments of the script. */
  readonly args?: readonly string[];
  /** Arguments of Node itself (`--max-old-space-size=64`). */
  readonly flags?: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until it is killed; default 30,000. */
  readonly timeout?: number;
}

/** What a finished script left. */
export interface NodeRun {
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

/** A running script. */
export interface NodeProcess {
  readonly pid: number;
  /** What it printed so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Waits for a line on stdout that matches, and returns the match. @throws when the script ends before. */
  line(pattern: RegExp, timeout?: number): Promise<RegExpExecArray>;
  /** Writes a line to its stdin. */
  write(line: string): void;
  /** Sends a signal; default SIGKILL. Returns at once. */
  kill(signal?: NodeJS.Signals): void;
  /** Waits for its end. */
  readonly ended: Promise<NodeRun>;
}

/** One version of Node.js. */
export interface NodeVersion {
  /** `22.23.3` */
  readonly version: string;
  /** Absolute path of the program. */
  readonly program: string;
  /** Runs a file beside the lab (or an absolute path) to its end. */
  run(file: string, options?: NodeOptions): Promise<NodeRun>;
  /** Runs source text to its end, as an ES module (`mjs`, default), CommonJS (`cjs`) or TypeScript (`mts`, `cts`). */
  runSource(source: string, type?: SourceType, options?: NodeOptions): Promise<NodeRun>;
  /** Runs a named region of a file beside the lab to its end: `run('order.cjs#timers')`. The type is the file's. */
  runRegion(reference: string, options?: NodeOptions): Promise<NodeRun>;
  /** Starts a file beside the lab and leaves it running: a server, a worker. It is killed when the lab ends. */
  start(file: string, options?: NodeOptions): NodeProcess;
}

/** How a piece of source is to be read. */
export type SourceType = 'mjs' | 'cjs' | 'mts' | 'cts';

/** What a lab gets as `node`: a version; 26 when none is named. */
export type NodeEngine = (major?: NodeMajor) => Promise<NodeVersion>;

const require = createRequire(import.meta.url);

/**
 * The program of a major version: the address variable (`LAB_NODE_22=/path/to/node`), else the package of that version,
 * else the running Node if it is that version.
 */
export function nodeProgram(major: NodeMajor, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env[`LAB_NODE_${major}`];
  if (named) return named;
  const packages = major === 26 ? ['node'] : [`node-${major}`];
  for (const name of packages) {
    for (const folder of require.resolve.paths(name) ?? []) {
      const program = path.join(folder, name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
      if (existsSync(program)) return program;
    }
  }
  return process.versions.node.startsWith(`${major}.`) ? process.execPath : undefined;
}

const versionOf = (program: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, ['--version'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.once('error', reject);
    child.once('close', () => {
      resolve(text.trim().replace(/^v/, ''));
    });
  });

/** The environment of a script: nothing of ours that changes what it prints. */
const environment = (extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => {
  const ours = new Set(['NODE_OPTIONS', 'FORCE_COLOR', 'NODE_CHANNEL_FD', 'NODE_TEST_CONTEXT']);
  const kept = Object.entries(process.env).filter(([name]) => !ours.has(name));
  return { ...Object.fromEntries(kept), NO_COLOR: '1', ...extra };
};

function startProcess(
  program: string,
  args: readonly string[],
  options: NodeOptions,
  host: Host,
): NodeProcess {
  const began = performance.now();
  const child: ChildProcess = spawn(program, [...(options.flags ?? []), ...args, ...(options.args ?? [])], {
    cwd: host.labFolder,
    env: environment(options.env),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} could not be started.`);
  const release = leash({ pid, signal: 'KILL' });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // A script that ended may refuse what is still written to it.
  child.stdin?.on('error', () => undefined);
  let run: NodeRun | undefined;
  const ended = new Promise<NodeRun>((resolve) => {
    child.once('close', (code, signal) => {
      release();
      run = {
        stdout,
        stderr,
        lines: stdout.split('\n').filter((line) => line !== ''),
        code,
        signal,
        ms: performance.now() - began,
      };
      resolve(run);
    });
  });
  host.defer(async () => {
    child.kill('SIGKILL');
    await ended;
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
        `the script prints ${pattern}`,
        () => {
          const match = pattern.exec(stdout);
          if (!match && run)
            throw new Error(
              `The script ended (${run.signal ?? run.code}) before it printed ${pattern}:\n${stdout}${stderr}`,
            );
          return match;
        },
        timeout,
      ),
    write: (line) => child.stdin?.write(`${line}\n`),
    kill: (signal = 'SIGKILL') => {
      child.kill(signal);
    },
  };
}

const typeOf = (file: string): SourceType =>
  (({ '.cjs': 'cjs', '.cts': 'cts', '.ts': 'mts', '.mts': 'mts' }) as const)[path.extname(file)] ?? 'mjs';

function versionEngine(program: string, version: string, host: Host): NodeVersion {
  const locate = (file: string): string => {
    const full = path.resolve(host.labFolder, file);
    if (!existsSync(full)) throw new Error(`There is no file ${file} beside the lab (looked for ${full}).`);
    return full;
  };
  const finish = async (args: readonly string[], options: NodeOptions): Promise<NodeRun> => {
    const script = startProcess(program, args, options, host);
    script.write('');
    const limit = options.timeout ?? 30_000;
    const timer = setTimeout(() => {
      script.kill();
    }, limit);
    const run = await script.ended;
    clearTimeout(timer);
    if (run.signal === 'SIGKILL' && run.ms >= limit) {
      throw new Error(
        `The script did not end within ${limit / 1000} s. It printed:\n${run.stdout}${run.stderr}`,
      );
    }
    return run;
  };
  const runSource = async (
    source: string,
    type: SourceType = 'mjs',
    options: NodeOptions = {},
  ): Promise<NodeRun> => {
    const file = path.join(await host.folder(), `script.${type}`);
    await writeFile(file, source);
    return finish([file], options);
  };
  return {
    version,
    program,
    run: (file, options = {}) => finish([locate(file)], options),
    runSource,
    runRegion(reference, options) {
      const [file = '', name = ''] = reference.split('#');
      const full = locate(file);
      return runSource(regionOf(readFileSync(full, 'utf8'), name, file), typeOf(file), options);
    },
    start: (file, options = {}) => startProcess(program, [locate(file)], options, host),
  };
}

/** Node.js as an engine. */
export const node: Engine<NodeEngine> = {
  label: 'Node.js',
  tier: 1,
  missing: () => Promise.resolve(nodeProgram(26) ? undefined : 'Node.js 26 is not installed: run `npm ci`'),
  open:
    (host) =>
    async (major = 26) => {
      const program = nodeProgram(major);
      if (!program) {
        throw new EngineMissing(
          `Node.js ${major}: its package is for Linux on x64. Elsewhere set LAB_NODE_${major} to the path of a Node.js ${major}.`,
        );
      }
      const version = await versionOf(program);
      host.used(`Node.js ${major}`, version);
      return versionEngine(program, version, host);
    },
};
