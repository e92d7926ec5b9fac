import pg from 'pg';
import { lab } from '#labs/index.ts';

export default lab({
  title: 'A pool gives each statement to any session',
  claim:
    'BEGIN sent through a pool opens a transaction on whichever connection is free: alone it works by luck, with a second request ROLLBACK undoes nothing and a stranger inherits the transaction.',
  engines: ['postgres'],
  async run({ postgres, fact, scene, step, defer }) {
    const db = await postgres();
    await db.query(
      'CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL); INSERT INTO account VALUES (1, 100)',
    );
    const pool = new pg.Pool({ connectionString: db.url, max: 2 });
    defer(() => pool.end());

    // Two connections, named by the order in which they were opened.
    const both = await Promise.all([pool.connect(), pool.connect()]);
    const names = new Map<number, string>();
    for (const [index, client] of both.entries()) names.set(await pidOf(client), `connection ${index + 1}`);
    for (const client of both) client.release();
    const ran: string[] = [];
    /** Sends a statement through the pool and notes which connection it ran on. */
    const through = async (sql: string, note?: string): Promise<void> => {
      const client = await pool.connect();
      const who = names.get(await pidOf(client)) ?? 'another connection';
      const { command, rowCount } = await client.query(sql);
      client.release();
      ran.push(who);
      step({
        who,
        does: `pool.query('${sql}')`,
        result: rowCount === null ? command : `${command} ${rowCount}`,
        ...(note ? { note } : {}),
      });
    };
    const balance = (): Promise<number> => db.value<number>('SELECT balance FROM account');
    const withdraw = 'UPDATE account SET balance = balance - 30';

    scene('One request at a time: it works by luck');
    for (const sql of ['BEGIN', withdraw, 'ROLLBACK']) await through(sql);
    fact('Balance after the rollback, one request at a time', await balance());
    fact('Connections that transaction used', new Set(ran).size);

    scene('A second request in between: ROLLBACK undoes nothing');
    ran.length = 0;
    // #region stranger
    await through('BEGIN');
    // Another request takes the connection that was just given back.
    const stranger = await pool.connect();
    step({
      who: 'connection 2',
      does: 'another request takes it',
      note: 'It works inside a transaction that it did not begin.',
    });
    await through(withdraw, 'No transaction on this one: committed at once.');
    await through('ROLLBACK', 'Nothing to undo.');
    // #endregion stranger
    fact('Balance after the rollback, with a second request', await balance());
    fact('Connections that transaction used with a second request', new Set(ran).size);
    fact('The second request works inside the first one’s transaction', await inTransaction(stranger));
    stranger.release();
    step({ who: 'connection 2', does: 'goes back to the pool', result: 'idle in transaction' });
    fact('Pooled connections left idle in transaction', await db.value<number>(
      `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`,
    )); // prettier-ignore

    // #region advisory
    const [one, two] = await Promise.all([pool.connect(), pool.connect()]);
    for (const client of [one, two]) await client.query('ROLLBACK');
    const key = 16;
    await one.query('SELECT pg_advisory_lock($1)', [key]);
    const held = async (): Promise<boolean> =>
      !(await answer(two, `SELECT pg_try_advisory_xact_lock(${key})`));
    const unlockedElsewhere = await answer(two, `SELECT pg_advisory_unlock(${key})`);
    fact('Advisory lock of the session', {
      columns: ['after', 'still held'],
      rows: [
        ['pg_advisory_unlock on another connection', !unlockedElsewhere && (await held())],
        ['COMMIT on its own connection', (await one.query('BEGIN; COMMIT'), await held())],
        [
          'pg_advisory_unlock on its own connection',
          (await one.query('SELECT pg_advisory_unlock($1)', [key]), await held()),
        ],
      ],
    });
    await one.query(`BEGIN; SELECT pg_advisory_xact_lock(${key})`);
    const during = await held();
    await one.query('COMMIT');
    fact('Advisory lock of the transaction', {
      columns: ['when', 'held'],
      rows: [
        ['before COMMIT', during],
        ['after COMMIT', await held()],
      ],
    });
    // #endregion advisory
    for (const client of [one, two]) client.release();
  },
});

const pidOf = async (client: pg.ClientBase): Promise<number> =>
  (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;

/** True or false, as the first column of the first row says. */
async function answer(client: pg.ClientBase, sql: string): Promise<boolean> {
  const { rows } = await client.query<Record<string, boolean>>(sql);
  return Object.values(rows[0] ?? {})[0] === true;
}

/** Whether the connection is inside a transaction block: only there two statements share one start time. */
async function inTransaction(client: pg.ClientBase): Promise<boolean> {
  const stamps = [];
  for (let turn = 0; turn < 2; turn++) {
    stamps.push((await client.query<{ at: string }>('SELECT now()::text AS at')).rows[0]?.at);
  }
  return stamps[0] === stamps[1];
}
