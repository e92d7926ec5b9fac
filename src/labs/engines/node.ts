/** Node.js 22, 24 and 26 side by side: run a file or a piece of source under one of them and see what it prints. */
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { regionOf } from '../regions.ts';
import { EngineMissing, type Engine, type Host } from './engine.ts';
import { runToEnd, start, type Program, type ProgramOptions, type ProgramRun } from './program.ts';

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
export type NodeRun = ProgramRun;

/** A running script. */
export type NodeProcess = Program;

/** One version of Node.js. */
export interface NodeVersion {
  /** `22.23.3` */
  readonly version: string;
  /** Absolute path of the program. */
  readonly program: string;
  /** Runs a file beside the lab (or an absolute path) to its end. */
  run(file: string, options?: NodeOptions): Promise<NodeRun>;
  /** Runs source text to its end, as an ES module (`mjs`, default), CommonJS (`cjs`) or TypeScript (`mts`, `cts`). It can import only what Node itself has. */
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

const typeOf = (file: string): SourceType =>
  (({ '.cjs': 'cjs', '.cts': 'cts', '.ts': 'mts', '.mts': 'mts' }) as const)[path.extname(file)] ?? 'mjs';

function versionEngine(program: string, version: string, host: Host): NodeVersion {
  const locate = (file: string): string => {
    const full = path.resolve(host.labFolder, file);
    if (!existsSync(full)) throw new Error(`There is no file ${file} beside the lab (looked for ${full}).`);
    return full;
  };
  const options = (
    args: readonly string[],
    { flags = [], args: more = [], env = {} }: NodeOptions,
  ): ProgramOptions => ({
    args: [...flags, ...args, ...more],
    env,
  });
  const finish = (args: readonly string[], given: NodeOptions): Promise<NodeRun> =>
    runToEnd(host, program, options(args, given), given.timeout);
  const runSource = async (
    source: string,
    type: SourceType = 'mjs',
    given: NodeOptions = {},
  ): Promise<NodeRun> => {
    const file = path.join(await host.folder(), `script.${type}`);
    await writeFile(file, source);
    return finish([file], given);
  };
  return {
    version,
    program,
    run: (file, given = {}) => finish([locate(file)], given),
    runSource,
    runRegion(reference, given) {
      const [file = '', name = ''] = reference.split('#');
      const full = locate(file);
      return runSource(regionOf(readFileSync(full, 'utf8'), name, file), typeOf(file), given);
    },
    start: (file, given = {}) => start(host, program, options([locate(file)], given)),
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
      const { stdout } = await runToEnd(host, program, { args: ['--version'] });
      const version = stdout.trim().replace(/^v/, '');
      host.used(`Node.js ${major}`, version);
      return versionEngine(program, version, host);
    },
};
