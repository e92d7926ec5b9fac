/** A process namespace of its own, as a container has one: what is started in it is process 1. No container runtime takes part. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { EngineMissing } from '#labs/engines/engine.ts';

const flags = ['--user', '--map-root-user', '--pid', '--fork', '--mount-proc', '--kill-child'];

/** A program that runs as process 1 of its namespace. */
export interface Contained {
  /** Its process id as the host sees it. */
  readonly pid: number;
  /** What all processes in the namespace printed so far. */
  output(): string;
  /** The first word of process 1's command line, `node` or `sh`. */
  command(): string;
  /** Processes of the namespace that have ended and that nobody has waited for. */
  zombies(): number;
  /** Ends with the exit code, or null while it still runs after so many milliseconds. */
  within(ms: number): Promise<number | null>;
  readonly kill: () => void;
}

/**
 * Refuses where a user may not have namespaces.
 * @throws {EngineMissing} with the reason.
 */
export function needsNamespaces(): void {
  const probe = spawnSync('unshare', [...flags, 'true'], { encoding: 'utf8' });
  if (probe.status !== 0)
    throw new EngineMissing(
      `process namespaces: unshare cannot make one here (${(probe.stderr || String(probe.error)).trim()}). On Linux, allow user namespaces.`,
    );
}

/**
 * Refuses where `sh` or npm are others than the ones that the page speaks of: another shell may replace itself by its
 * last command, and another npm may pass signals on differently.
 * @throws {EngineMissing} with what was found.
 */
export function needsDashAndNpm11(PATH: string): void {
  const ask = (command: string): string =>
    spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8', env: { ...process.env, PATH } }).stdout.trim();
  const shell = realpathSync(ask('command -v sh') || '/bin/sh');
  if (!shell.endsWith('/dash'))
    throw new EngineMissing(`dash: sh is ${shell} here, and the lab is about dash.`);
  const npm = ask('npm --version');
  if (!npm.startsWith('11.')) throw new EngineMissing(`npm 11: found ${npm || 'no npm'} on the PATH.`);
}

/** Starts a command as process 1. `cwd` is its folder, `env` is added to the environment. */
export function startAsProcess1(
  command: readonly string[],
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string>> },
): Contained {
  const child = spawn('unshare', [...flags, '--', ...command], { cwd, env: { ...process.env, ...env } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const childrenOf = (pid: number): number[] =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  const first = (): number => childrenOf(child.pid ?? 0)[0] ?? 0;
  return {
    get pid() {
      return first();
    },
    output: () => output,
    command: () =>
      readFileSync(`/proc/${first()}/cmdline`, 'utf8').split(/[\0 ]/)[0]?.split('/').at(-1) ?? '',
    zombies: () =>
      childrenOf(first()).filter((pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')).length,
    within: (ms) => Promise.race([ended, new Promise<null>((resolve) => setTimeout(resolve, ms, null))]),
    kill: () => child.kill('SIGKILL'),
  };
}
