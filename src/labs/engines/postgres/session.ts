/** A connection to PostgreSQL with a name, whose statements can be written to the trace. */
import pg from 'pg';
import type { Step } from '../../definition.ts';
import { until } from '../until.ts';

/** A row: cells by column. */
export type Row = Readonly<Record<string, unknown>>;

/** What a statement led to. */
export interface Outcome {
  /** The command tag (`UPDATE 1`, `COMMIT`), or the SQLSTATE when the server refused (`40001`). */
  readonly tag: string;
  readonly rows: readonly Row[];
  /** SQLSTATE and message when the server refused. */
  readonly code?: string;
  readonly message?: string;
  /** Constraint, table and so on, when the server named them. */
  readonly constraint?: string;
}

/** A statement that waits for a lock. */
export interface Pending {
  /** Waits for its outcome and writes that to the trace. */
  outcome(note?: string): Promise<Outcome>;
}

/** What a statement's step in the trace may carry besides SQL and result. */
export interface Remarks {
  readonly params?: readonly unknown[];
  readonly note?: string;
}

/** Refusals that mean a mistake in the lab or a lost server, never a finding: they are thrown. */
const mistakes = /^(08|42(?!501)|53|57P|58|XX)/;

/** Types as labs want them: `bigint` (which `count(*)` gives) as a number where it is exact. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: Parameters<typeof pg.types.getTypeParser>[0], format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 && format !== 'binary'
      ? (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : text)
      : (pg.types.getTypeParser(oid, format) as unknown)) as typeof pg.types.getTypeParser,
};

/** Where to connect. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/** A client that is connected and whose loss is not an uncaught error (the next query reports it). */
export async function connect(address: Address, name: string): Promise<pg.Client> {
  const client = new pg.Client({ ...address, user: 'postgres', application_name: name, types });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const last = (result: pg.QueryResult | pg.QueryResult[]): pg.QueryResult => {
  const one = Array.isArray(result) ? result.at(-1) : result;
  if (!one) throw new Error('The statement gave no result.');
  return one;
};

const counted = /^(INSERT|UPDATE|DELETE|SELECT|MERGE|COPY|FETCH|MOVE)$/;

const tagOf = ({ command, rowCount }: pg.QueryResult): string =>
  counted.test(command) ? `${command} ${rowCount ?? 0}` : command;

const quiet = /^(BEGIN|START|SET|COMMIT|SAVEPOINT|CREATE|LISTEN)/;

const cell = (value: unknown): string =>
  typeof value === 'string' ? value : value instanceof Date ? value.toISOString() : JSON.stringify(value);

/** The result of a statement as one short line of a trace, or undefined when there is nothing to say. */
export function resultText(outcome: Outcome): string | undefined {
  if (outcome.code) return `ERROR ${outcome.code}: ${outcome.message ?? ''}`;
  const { rows, tag } = outcome;
  if (rows.length > 0 && rows.length <= 3) {
    return rows
      .map((row) =>
        Object.entries(row)
          .map(([column, value]) => `${column} = ${cell(value)}`)
          .join(', '),
      )
      .join(' · ');
  }
  if (tag.startsWith('SELECT') || rows.length > 0) return rows.length === 1 ? '1 row' : `${rows.length} rows`;
  return quiet.test(tag) ? undefined : tag;
}

/** SQL as it stands in a trace: one line, single spaces. */
const oneLine = (sql: string): string => sql.trim().replaceAll(/\s+/g, ' ').replace(/;$/, '');

/** A named connection. */
export class Session {
  /** The name, which is also the lane in the trace and the `application_name`. */
  readonly name: string;
  /** The process id of the server's backend for this connection. */
  readonly pid: number;
  /** The driver's client, for what this class does not cover (notifications, cursors, copy). */
  readonly client: pg.Client;
  readonly #step: (step: Step) => void;
  readonly #watch: () => Promise<pg.Client>;

  constructor(
    name: string,
    client: pg.Client,
    pid: number,
    step: (step: Step) => void,
    watch: () => Promise<pg.Client>,
  ) {
    this.name = name;
    this.client = client;
    this.pid = pid;
    this.#step = step;
    this.#watch = watch;
  }

  /** Runs SQL and returns the rows (of the last statement, if there are several). Not traced. A refusal is thrown. */
  async query<R extends object = Row>(sql: string, params?: readonly unknown[]): Promise<readonly R[]> {
    return (await this.#send(sql, params)).rows as readonly R[];
  }

  /** The first column of the first row. Not traced. @throws when there is no row. */
  async value<T = unknown>(sql: string, params?: readonly unknown[]): Promise<T> {
    const [row] = await this.query(sql, params);
    if (!row) throw new Error(`No row came back from: ${oneLine(sql)}`);
    return Object.values(row)[0] as T;
  }

  /** Runs SQL whose refusal is a finding: gives the command tag or the SQLSTATE. Not traced. Mistakes (syntax, unknown names) are thrown. */
  async outcome(sql: string, params?: readonly unknown[]): Promise<Outcome> {
    try {
      const result = await this.#send(sql, params);
      return { tag: tagOf(result), rows: result.rows as Row[] };
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code === undefined || mistakes.test(error.code))
        throw error;
      return {
        tag: error.code,
        rows: [],
        code: error.code,
        message: error.message,
        ...(error.constraint === undefined ? {} : { constraint: error.constraint }),
      };
    }
  }

  /** Runs SQL and writes it with its result to the trace. A refusal is a finding, as with {@link outcome}. */
  async does(sql: string, { params, note }: Remarks = {}): Promise<Outcome> {
    const outcome = await this.outcome(sql, params);
    this.#trace(oneLine(sql), outcome, note);
    return outcome;
  }

  /**
   * Sends SQL that must wait for a lock, and returns as soon as the server reports it as blocked, with whom it waits
   * for. Both this and its later outcome are written to the trace.
   * @throws when the statement finishes instead, or is not blocked after ten seconds.
   */
  async waits(sql: string, { params, note }: Remarks = {}): Promise<Pending> {
    let settled: Outcome | undefined;
    const running = this.outcome(sql, params).then((outcome) => (settled = outcome));
    // Marks a failure as handled here; it is thrown again by whoever awaits `running`.
    running.catch(() => undefined);
    const watcher = await this.#watch();
    const blockers = await until(`${this.name} is blocked by: ${oneLine(sql)}`, async () => {
      if (settled)
        throw new Error(
          `${this.name} was expected to wait, but got ${settled.tag} at once for: ${oneLine(sql)}`,
        );
      const { rows } = await watcher.query<{ name: string }>(
        `SELECT application_name AS name FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids($1)) ORDER BY backend_start`,
        [this.pid],
      );
      return rows.length > 0 && rows.map(({ name }) => name);
    });
    this.#step({
      who: this.name,
      does: oneLine(sql),
      result: `waits for ${blockers.join(' and ')}`,
      outcome: 'waits',
      ...(note === undefined ? {} : { note }),
    });
    return {
      outcome: async (laterNote) => {
        const outcome = await running;
        this.#trace('(the waiting statement returns)', outcome, laterNote);
        return outcome;
      },
    };
  }

  /** Closes the connection. It is closed at the end of the lab anyway. */
  async end(): Promise<void> {
    await this.client.end();
  }

  async #send(sql: string, params?: readonly unknown[]): Promise<pg.QueryResult> {
    return last(await this.client.query(sql, params === undefined ? undefined : [...params]));
  }

  #trace(does: string, outcome: Outcome, note: string | undefined): void {
    const result = resultText(outcome);
    this.#step({
      who: this.name,
      does,
      ...(result === undefined ? {} : { result }),
      ...(outcome.code ? { outcome: 'fails' as const } : {}),
      ...(note === undefined ? {} : { note }),
    });
  }
}
