import pg from 'pg';
import { lab } from '#labs/index.ts';
import { Bulkhead, Shed } from './cache-down/bulkhead.ts';
import { SingleFlight } from './single-flight/single-flight.ts';

export default lab({
  title: 'The cache is down, and the checkout still works',
  claim:
    'Without the cache 500 reads fill the pool and block a checkout; with six places, a line of twelve and single flight the reads are bounded, the rest are refused at once, and the checkout passes.',
  engines: ['postgres'],
  async run({ postgres, fact, until }) {
    const db = await postgres();
    await db.query(
      `CREATE TABLE product (id int PRIMARY KEY, price int); INSERT INTO product SELECT n, 100 FROM generate_series(0, 49) n;
       CREATE TABLE purchase (id int PRIMARY KEY)`,
    );
    const [gate] = await db.sessions('gate');
    const stuck = (): Promise<number> =>
      db.value<number>(
        `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`,
      );

    /** 500 reads of 50 products arrive at once while the database is slow: a closed gate holds every query. */
    const storm = async (
      reader: (query: (id: number) => Promise<number>) => (id: number) => Promise<number>,
    ) => {
      const pool = new pg.Pool({ connectionString: db.url, max: 10 });
      try {
        await gate.query('SELECT pg_advisory_lock(5)');
        let queries = 0;
        const query = async (id: number): Promise<number> => {
          queries++;
          const { rows } = await pool.query<{ price: number }>(
            'SELECT price FROM product, pg_advisory_xact_lock_shared(5) WHERE id = $1',
            [id],
          );
          return rows[0]?.price ?? 0;
        };
        const read = reader(query);
        // #region storm
        const reads = Array.from({ length: 500 }, (_, n) => read(n % 50));
        const outcomes = Promise.allSettled(reads);
        let bought = false;
        const checkout = pool.query('INSERT INTO purchase VALUES (1)').then(() => (bought = true));
        // #endregion storm
        const ahead = pool.waitingCount;
        const held = ahead > 400 ? 10 : 6;
        await until('the reads stand at the gate', async () => (await stuck()) === held);
        if (ahead < 10) await checkout;
        const boughtInTime = bought;
        const atDatabase = await stuck();
        await gate.query('SELECT pg_advisory_unlock(5)');
        await checkout;
        const settled = await outcomes;
        await db.query('DELETE FROM purchase');
        const answered = settled.filter(({ status }) => status === 'fulfilled').length;
        const shed = settled.filter((o) => o.status === 'rejected' && o.reason instanceof Shed).length;
        return { atDatabase, ahead, boughtInTime, answered, shed, queries };
      } finally {
        await pool.end();
      }
    };

    // #region policies
    const open = await storm((query) => (id) => query(id));

    const bounded = await storm((query) => {
      const bulkhead = new Bulkhead(6, 12); // of the pool's ten connections
      return (id) => bulkhead.run(() => query(id));
    });

    const shared = await storm((query) => {
      const bulkhead = new Bulkhead(6, 12);
      const flights = new SingleFlight<number>();
      return (id) => flights.run(String(id), () => bulkhead.run(() => query(id)));
    });
    // #endregion policies
    const named = { none: open, limit: bounded, '+ flight': shared };
    fact('500 reads, no cache', {
      columns: ['policy', 'checkout', 'served', 'refused'],
      rows: Object.entries(named).map(([name, o]) => [
        name,
        o.boughtInTime ? 'passes' : 'waits',
        o.answered,
        o.shed,
      ]),
    });
    fact('reads ahead of the checkout without a limit', open.ahead - 1 + open.atDatabase);
    fact('reads in the database with the limit', bounded.atDatabase);
    fact('refused at once', bounded.shed);
    fact('answered with the limit', bounded.answered);
    fact('answered when single flight stands in front', shared.answered);
    fact('queries for them', shared.queries);
  },
});
