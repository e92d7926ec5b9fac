import pg from 'pg';
import { lab, type Database } from '#labs/index.ts';
import { leaking, schema } from './incident/checkout.ts';

export default lab({
  title: 'Wrong turns, counted',
  claim:
    'A larger pool and a restart move the end, a connection timeout names it, and the larger pool takes the connections of its neighbours.',
  engines: ['postgres'],
  async run({ postgres, fact, series, until }) {
    let waited = 0;
    // #region until-dead
    /** Checkouts one after the other, every twentieth with the expired coupon, until one gets no connection. */
    const untilDead = async (pool: pg.Pool, firstCart = 1): Promise<{ answered: number; then: string }> => {
      for (let answered = 0; ; answered += 1) {
        const checkout = leaking(pool, firstCart + answered, answered % 20 === 19 ? 'SUMMER' : 'WELCOME');
        const nothingFree = pool.waitingCount === 1 && pool.idleCount === 0;
        if (nothingFree && !pool.options.connectionTimeoutMillis) return { answered, then: 'waits for ever' };
        try {
          await checkout;
          if (nothingFree) waited += 1; // answered, after it had waited for a connection
        } catch (error) {
          return { answered, then: (error as Error).message };
        }
      }
    };
    // #endregion until-dead

    const server = await postgres.instance({ max_connections: 60, superuser_reserved_connections: 0 });
    const db = await server.database();
    const poolOf = (options: pg.PoolConfig): pg.Pool => {
      const pool = new pg.Pool({ connectionString: db.url, idleTimeoutMillis: 0, ...options });
      pool.on('error', () => undefined);
      pool.on('connect', (client) => client.on('error', () => undefined));
      return pool;
    };
    await db.query(schema(2000));
    /** What a restart of the pod does to its sessions. */
    const restart = async (only: Database): Promise<void> => {
      const others = 'FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
      await only.query(`SELECT pg_terminate_backend(pid) ${others}`);
      await until('all sessions are gone', async () => (await only.value(`SELECT count(*) ${others}`)) === 0);
      await only.query('TRUNCATE purchase');
    };

    // #region turns
    const turns: (readonly [string, pg.PoolConfig])[] = [
      ['as it was, a pool of 10', { max: 10 }],
      ['restart', { max: 10 }],
      ['a pool of 20', { max: 20 }],
      ['a pool of 40', { max: 40 }],
      ['a connection timeout', { max: 10, connectionTimeoutMillis: 300 }],
    ];
    // #endregion turns
    const rows: (readonly [string, number, string])[] = [];
    for (const [name, options] of turns) {
      const { answered, then } = await untilDead(poolOf(options));
      rows.push([name, answered, then]);
      fact(`checkouts until the end, ${name}`, answered);
      await restart(db);
    }
    fact('checkouts that waited for a connection and were answered', waited);
    fact('until the end', { columns: ['change', 'checkouts answered', 'the next one'], rows });
    series('checkouts until the pool is gone', {
      x: 'size of the pool',
      y: 'checkouts answered',
      exact: true,
      points: rows.flatMap(([name, answered]) => {
        const size = /a pool of (\d+)/.exec(name)?.[1];
        return size ? [[Number(size), answered] as const] : [];
      }),
    });

    // #region neighbour
    // Two pods with the larger pool, on a server for 60 connections. Another service tries to connect.
    await untilDead(poolOf({ max: 40 }), 1);
    await untilDead(poolOf({ max: 40 }), 1001);
    const neighbour = new pg.Client({ connectionString: db.url });
    const refused = await neighbour.connect().then(
      () => 'connected',
      (error: unknown) => (error as { code: string }).code,
    );
    // #endregion neighbour
    fact('another service connects beside two pods with 40 each', refused);
    await restart(db);
  },
});
