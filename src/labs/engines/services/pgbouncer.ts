/** PgBouncer in front of a lab's database. */
import { chownSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Engine } from '../engine.ts';
import type { Database } from '../postgres/index.ts';
import { nobody } from '../postgres/binaries.ts';
import { connect, type Row } from '../postgres/session.ts';
import { runToEnd, start } from '../program.ts';
import { until } from '../until.ts';
import { programOf, serviceMissing, type Place } from './locate.ts';

const place: Place = { programs: ['pgbouncer'], pathVariable: 'LAB_PGBOUNCER' };

/** A running PgBouncer. */
export interface PgBouncer {
  readonly port: number;
  /** `postgres://…` of the database behind it. */
  readonly url: string;
  readonly version: string;
  /** Rows of an admin command: `SHOW POOLS`. */
  admin(command: string): Promise<readonly Row[]>;
}

/** What a lab gets as `pgbouncer`: the database behind it, and settings as in pgbouncer.ini (`{ pool_mode: 'transaction' }`). */
export type PgBouncerEngine = (
  database: Database,
  settings?: Readonly<Record<string, string | number>>,
) => Promise<PgBouncer>;

/** PgBouncer as an engine. */
export const pgbouncer: Engine<PgBouncerEngine> = {
  label: 'PgBouncer',
  tier: 2,
  missing: () => Promise.resolve(serviceMissing(place)),
  open:
    (host) =>
    async (database, settings = {}) => {
      const program = programOf(place) ?? '';
      const { stdout } = await runToEnd(host, program, { args: ['--version'] });
      const version = /PgBouncer (\S+)/i.exec(stdout)?.[1] ?? 'unknown';
      host.used('PgBouncer', version);
      const folder = await host.folder();
      const port = await host.port();
      const config = path.join(folder, 'pgbouncer.ini');
      const all = {
        listen_addr: '127.0.0.1',
        listen_port: port,
        unix_socket_dir: '',
        auth_type: 'any',
        admin_users: 'postgres',
        ignore_startup_parameters: 'extra_float_digits',
        ...settings,
      };
      writeFileSync(
        config,
        [
          '[databases]',
          `${database.name} = host=${database.host} port=${database.port} dbname=${database.name} user=postgres`,
          '[pgbouncer]',
          ...Object.entries(all).map(([name, value]) => `${name} = ${value}`),
          '',
        ].join('\n'),
      );
      // PgBouncer refuses root, as PostgreSQL does.
      const user = process.getuid?.() === 0 ? nobody() : undefined;
      if (user) for (const owned of [folder, config]) chownSync(owned, user.uid, user.gid);
      const server = start(host, program, { args: [config], ...user });
      await server.line(/process up/);
      const url = `postgres://postgres@127.0.0.1:${port}/${database.name}`;
      const admin = await until('PgBouncer answers', () =>
        connect({ host: '127.0.0.1', port, database: 'pgbouncer' }, 'lab admin').catch(() => undefined),
      );
      host.defer(() => admin.end());
      return { port, url, version, admin: async (command) => (await admin.query<Row>(command)).rows };
    },
};
