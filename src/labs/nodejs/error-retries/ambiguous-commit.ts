import pg from 'pg';
import { lab } from '#labs/index.ts';

export default lab({
  title: 'The same error, and two different truths',
  claim:
    'A connection that breaks around COMMIT gives the client one and the same error whether or not the charge was saved; a plain retry then charges twice, a retry with a key once.',
  engines: ['postgres', 'http'],
  async run({ postgres, http, fact, scene, step, until, defer }) {
    const db = await postgres();
    await db.query(`
      CREATE TABLE charge (
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        order_id int NOT NULL,
        amount int NOT NULL,
        key text UNIQUE -- null: this client sends none
      )`);
    const { hostname, port } = new URL(db.url.replace(/^postgres(ql)?:/, 'http:'));
    const proxy = await http.proxy(Number(port));
    const url = db.url.replace(`${hostname}:${port}`, `127.0.0.1:${proxy.port}`);

    /** One charge in one transaction over a connection of its own; gives back the row's id. */
    // #region charge
    const charge = async (order: number, key: string | null): Promise<number> => {
      const client = new pg.Client({ connectionString: url, application_name: 'shop' });
      client.on('error', () => undefined); // else a lost connection ends the process
      await client.connect();
      try {
        await client.query('BEGIN');
        const { rows } = await client.query<{ id: number }>(
          `INSERT INTO charge (order_id, amount, key) VALUES ($1, 30, $2)
           ON CONFLICT (key) DO UPDATE SET key = excluded.key -- returns the first row
           RETURNING id`,
          [order, key],
        );
        await client.query('COMMIT');
        return rows[0]?.id ?? 0;
      } finally {
        void client.end().catch(() => undefined);
      }
    };
    // #endregion charge
    defer(() => {
      proxy.reset();
    });
    const saved = async (order: number): Promise<number> => {
      const sessions = `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'shop'`;
      await until('the server has let go of the lost session', async () => (await db.value<number>(sessions)) === 0); // prettier-ignore
      return db.value<number>(`SELECT count(*) FROM charge WHERE order_id = ${order}`);
    };
    const seen = (error: unknown): string =>
      error instanceof Error ? `${'code' in error ? String(error.code) : 'no code'}: ${error.message}` : '?';
    const attempt = (order: number, key: string | null = null): Promise<string> =>
      charge(order, key).then(
        (id) => `charge ${id}`,
        (error: unknown) => seen(error),
      );

    // #region where
    const rows: [string, string, number][] = [];
    void proxy.resetWhen('to-server', (data) => data.includes('INSERT'));
    rows.push(['INSERT never arrives', await attempt(1), await saved(1)]);
    void proxy.resetWhen('to-server', (data) => data.includes('COMMIT'));
    rows.push(['COMMIT never arrives', await attempt(2), await saved(2)]);
    void proxy.resetWhen('to-client', (data) => data.includes('COMMIT'));
    rows.push(['the answer to COMMIT is lost', await attempt(3), await saved(3)]);
    // #endregion where
    fact('what the client sees, and what is saved', {
      columns: ['the connection breaks when', 'error', 'charges saved'],
      rows,
    });
    fact('the client can tell the last two apart', rows[1]?.[1] !== rows[2]?.[1]);

    for (const [order, name, key] of [
      [4, 'Without a key', null],
      [5, 'With a key', 'order-5'],
    ] as const) {
      scene(`${name}: the answer to COMMIT is lost`);
      const lost = proxy.resetWhen('to-client', (data) => data.includes('COMMIT'));
      const first = await attempt(order, key);
      await lost;
      const sends = key ? `INSERT … key '${key}'` : 'INSERT …';
      step({ who: 'Shop', does: `BEGIN; ${sends}; COMMIT` });
      step({ who: 'PostgreSQL', does: 'COMMIT', result: `${await saved(order)} charge saved` });
      step({ who: 'Network', does: 'drops the answer', outcome: 'fails' });
      step({
        who: 'Shop',
        does: 'catch',
        result: first,
        outcome: 'fails',
        note: 'Saved or not? The error does not say.',
      });
      const second = await attempt(order, key);
      step({ who: 'Shop', does: `again: BEGIN; ${sends}; COMMIT`, result: second });
      const charges = await saved(order);
      step({
        who: 'PostgreSQL',
        does: 'COMMIT',
        result: `${charges} ${charges === 1 ? 'charge' : 'charges'} saved`,
        outcome: charges === 1 ? 'ok' : 'fails',
        note: key
          ? 'The unique key leads the second attempt to the first row.'
          : 'Two attempts, two rows: charged twice.',
      });
      fact(`charges after a retry ${name.toLowerCase()}`, charges);
    }

    // #region timeout
    const timedOut = new pg.Client({ connectionString: db.url, query_timeout: 100 });
    await timedOut.connect();
    const slow = timedOut.query('INSERT INTO charge (order_id, amount) SELECT 6, 30 FROM pg_sleep(1)');
    const error = await slow.then(() => 'none', seen);
    // #endregion timeout
    await until('the statement has ended', async () => (await db.value<number>('SELECT count(*) FROM charge WHERE order_id = 6')) === 1); // prettier-ignore
    await timedOut.end();
    fact('error of query_timeout in the driver', error);
    fact('charges saved after that timeout', await saved(6));
    const cancelled = new pg.Client({ connectionString: db.url, statement_timeout: 100 });
    await cancelled.connect();
    const stopped = cancelled.query('INSERT INTO charge (order_id, amount) SELECT 7, 30 FROM pg_sleep(5)');
    fact(
      'error of statement_timeout on the server',
      (await stopped.then(() => 'none', seen)).split(':')[0] ?? '',
    );
    await cancelled.end();
    fact('charges saved after the server’s timeout', await saved(7));
  },
});
