import pg from 'pg';
import { lab } from '#labs/index.ts';

const clients = 200;

export default lab({
  title: '200 clients, direct and through PgBouncer',
  claim:
    'A server with 50 connections refuses most of 200 direct clients with 53300; in transaction mode PgBouncer serves all 200 over ten server connections. A plain SET then reaches the next client, and SET LOCAL does not.',
  engines: ['postgres', 'pgbouncer'],
  async run({ postgres, pgbouncer, defer, fact, holds, measure, scene, step }) {
    const server = await postgres.instance({ max_connections: 50 }); // 3 are kept for superusers
    const db = await server.database();
    await db.query('CREATE ROLE app LOGIN; CREATE TABLE hit (id int GENERATED ALWAYS AS IDENTITY)');
    await db.query('GRANT ALL ON hit TO app');

    scene('200 clients');
    // #region direct
    const direct = new URL(db.url);
    direct.username = 'app';
    const held: pg.Client[] = [];
    const refused: string[] = [];
    for (let n = 0; n < clients; n += 1) {
      const client = new pg.Client(direct.href);
      client.on('error', () => undefined);
      await client.connect().then(
        () => held.push(client),
        (error: unknown) => refused.push(String((error as { code?: string }).code)),
      );
    }
    // #endregion direct
    await Promise.all(held.map((client) => client.end()));
    step({
      who: 'Direct',
      does: '200 clients connect',
      result: `${held.length} in, ${refused.length} refused with ${[...new Set(refused)].join()}`,
      outcome: 'fails',
    });
    fact('connected directly, of 200', held.length);
    fact('refused directly, of 200', refused.length);
    fact('SQLSTATE of the refusal', [...new Set(refused)].join());

    // #region pooled
    const pooler = await pgbouncer(db, {
      pool_mode: 'transaction',
      default_pool_size: 10,
      max_client_conn: 500,
    });
    const pooled: pg.Client[] = [];
    let refusedPooled = 0;
    await Promise.all(
      Array.from({ length: clients }, async () => {
        const client = new pg.Client(pooler.url);
        client.on('error', () => undefined);
        await client.connect().then(
          () => pooled.push(client),
          () => (refusedPooled += 1),
        );
      }),
    );
    const began = performance.now();
    let failed = 0;
    await Promise.all(
      pooled.map(async (client) => {
        for (let n = 0; n < 5; n += 1)
          await client.query('INSERT INTO hit DEFAULT VALUES').catch(() => (failed += 1));
      }),
    );
    // #endregion pooled
    measure('1,000 transactions of 200 clients over 10 connections', performance.now() - began, 'ms');
    const servers = await db.value<number>(
      `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    );
    step({
      who: 'Pooled',
      does: '200 clients connect and run 5 transactions each',
      result: `${refusedPooled} refused, ${failed} failed`,
    });
    fact('refused through PgBouncer, of 200', refusedPooled);
    fact('transactions that failed, of 1,000', failed);
    fact('rows written', await db.value<number>('SELECT count(*) FROM hit'));
    holds('200 clients use no more than 10 server connections', servers <= 10);
    await Promise.all(pooled.map((client) => client.end()));

    scene('What transaction mode takes away');
    const narrow = await pgbouncer(db, { pool_mode: 'transaction', default_pool_size: 1 });
    const [ann, bob] = await Promise.all(
      ['Ann', 'Bob'].map(async () => {
        const client = new pg.Client(narrow.url);
        await client.connect();
        defer(() => client.end());
        return client;
      }),
    );
    if (!ann || !bob) throw new Error('Two clients are needed.');
    const seen = async (): Promise<string> =>
      (await bob.query<{ tenant: string | null }>(`SELECT current_setting('app.tenant', true) AS tenant`))
        .rows[0]?.tenant ?? '';
    // #region leak
    await ann.query(`BEGIN; SET LOCAL app.tenant = 'local'; COMMIT`);
    const afterLocal = await seen(); // asked by another client
    await ann.query(`SET app.tenant = 'ann'`);
    const afterSet = await seen();
    // #endregion leak
    step({ who: 'Ann', does: `BEGIN; SET LOCAL app.tenant = 'local'; COMMIT` });
    step({ who: 'Bob', does: `reads app.tenant`, result: afterLocal === '' ? 'empty' : afterLocal });
    step({ who: 'Ann', does: `SET app.tenant = 'ann'` });
    step({
      who: 'Bob',
      does: `reads app.tenant`,
      result: afterSet,
      outcome: 'fails',
      note: 'The same server connection, and a row security policy that believes it.',
    });
    fact('the tenant another client sees after SET', afterSet);
    fact('the tenant another client sees after SET LOCAL', afterLocal === '' ? 'empty' : afterLocal);
  },
});
