/** A fresh database and the sessions on it. */
import type pg from 'pg';
import type { Step } from '../../definition.ts';
import { readPlan, type ExplainOutput, type Plan } from './explain.ts';
import { connect, Session, type Outcome, type Row } from './session.ts';

/** How a database is made. */
export interface DatabaseOptions {
  /** An ICU locale such as `en-US`, for text that sorts as people expect. Default: PostgreSQL's built-in C.UTF-8. */
  readonly locale?: string;
}

/** What a database needs from the lab that uses it. */
export interface DatabaseHost {
  readonly defer: (cleanUp: () => unknown) => void;
  readonly step: (step: Step) => void;
}

/** One database. Its own queries run on one connection of their own and are never traced. */
export class Database {
  readonly name: string;
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly #own: Session;
  readonly #lab: DatabaseHost;
  #watcher: Promise<pg.Client> | undefined;

  private constructor(name: string, port: number, own: Session, lab: DatabaseHost) {
    this.name = name;
    this.port = port;
    this.#own = own;
    this.#lab = lab;
  }

  /** Connects to an existing database. */
  static async open(port: number, name: string, lab: DatabaseHost): Promise<Database> {
    const own = await Database.#session('lab', port, name, lab, () =>
      Promise.reject(new Error('This connection cannot wait.')),
    );
    return new Database(name, port, own, lab);
  }

  /** Creates a database and connects to it; it is dropped when the lab ends. */
  static async create(
    port: number,
    name: string,
    options: DatabaseOptions,
    lab: DatabaseHost,
  ): Promise<Database> {
    const admin = await connect({ host: '127.0.0.1', port, database: 'postgres' }, 'lab set-up');
    try {
      const locale =
        options.locale === undefined
          ? ''
          : ` TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE ${admin.escapeLiteral(options.locale)}`;
      await admin.query(`CREATE DATABASE ${admin.escapeIdentifier(name)}${locale}`);
    } finally {
      await admin.end();
    }
    lab.defer(async () => {
      const client = await connect({ host: '127.0.0.1', port, database: 'postgres' }, 'lab clean-up');
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
      await client.end();
    });
    return Database.open(port, name, lab);
  }

  static async #session(
    name: string,
    port: number,
    database: string,
    lab: DatabaseHost,
    watch: () => Promise<pg.Client>,
  ): Promise<Session> {
    const client = await connect({ host: '127.0.0.1', port, database }, name);
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    lab.defer(() => client.end());
    return new Session(name, client, rows[0]?.pid ?? 0, lab.step, watch);
  }

  /** `postgres://…`, for libraries that connect by themselves. */
  get url(): string {
    return `postgres://postgres@${this.host}:${this.port}/${this.name}`;
  }

  /** `host=… port=… user=… dbname=…`, for subscriptions, foreign servers and standbys. */
  get conninfo(): string {
    return `host=${this.host} port=${this.port} user=postgres dbname=${this.name}`;
  }

  /** Opens another connection. Its name is its lane in the trace. */
  session(name: string): Promise<Session> {
    return Database.#session(name, this.port, this.name, this.#lab, () => this.#watch());
  }

  /** Opens several connections in the order of their names. */
  async sessions<const Names extends readonly string[]>(
    ...names: Names
  ): Promise<{ [Index in keyof Names]: Session }> {
    const opened: Session[] = [];
    for (const name of names) opened.push(await this.session(name));
    return opened as { [Index in keyof Names]: Session };
  }

  /** Rows of a query (of the last statement, if there are several). */
  query<R extends object = Row>(sql: string, params?: readonly unknown[]): Promise<readonly R[]> {
    return this.#own.query<R>(sql, params);
  }

  /** First column of the first row. */
  value<T = unknown>(sql: string, params?: readonly unknown[]): Promise<T> {
    return this.#own.value<T>(sql, params);
  }

  /** Command tag or SQLSTATE. */
  outcome(sql: string, params?: readonly unknown[]): Promise<Outcome> {
    return this.#own.outcome(sql, params);
  }

  /** Executes a query under EXPLAIN and boils its plan down to nodes, buffers, rows, index searches and time. */
  async explain(sql: string, params?: readonly unknown[]): Promise<Plan> {
    const output = await this.#own.value<readonly ExplainOutput[]>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`,
      params,
    );
    const [first] = output;
    if (!first) throw new Error('EXPLAIN gave no plan.');
    return readPlan(first);
  }

  /** The plan as PostgreSQL prints it, without executing it and without costs: the same on every machine. */
  async plan(sql: string, params?: readonly unknown[]): Promise<string> {
    const rows = await this.#own.query<{ 'QUERY PLAN': string }>(`EXPLAIN (COSTS OFF) ${sql}`, params);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  }

  #watch(): Promise<pg.Client> {
    this.#watcher ??= connect({ host: this.host, port: this.port, database: this.name }, 'lab watcher').then(
      (client) => {
        this.#lab.defer(() => client.end());
        return client;
      },
    );
    return this.#watcher;
  }
}
