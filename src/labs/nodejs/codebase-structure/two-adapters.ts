import pg from 'pg';
import { lab } from '#labs/index.ts';
import { memoryStore, type OrderStore } from './shop/src/orders/index.ts';
import { postgresStore, schema } from './shop/src/orders/postgres.ts';
import { contract, type Bench } from './shop/src/orders/store.contract.ts';
import { memoryDraft, postgresDraft } from './two-adapters/drafts.ts';

export default lab({
  title: 'One contract, two adapters, four attempts',
  claim:
    'The same seven tests run against memory and real PostgreSQL: each first draft breaks promises that the other keeps, although both compile against the port.',
  engines: ['postgres'],
  async run({ postgres, fact, measure, holds, defer, until }) {
    const db = await postgres();
    await db.query(schema);
    const pool = new pg.Pool({ connectionString: db.url, max: 3 });
    defer(() => pool.end());

    // #region benches
    const inMemory = (create: (stock: Map<string, number>) => OrderStore): Bench => {
      const stock = new Map<string, number>();
      return {
        store: create(stock),
        stock: (sku, quantity) => Promise.resolve(void stock.set(sku, quantity)),
        together: (calls) => Promise.all(calls.map((call) => call())),
      };
    };
    const inPostgres = (create: (pool: pg.Pool) => OrderStore): Bench => ({
      store: create(pool),
      async stock(sku, quantity) {
        await db.query('INSERT INTO stock VALUES ($1, $2)', [sku, quantity]);
      },
      /** Lets reads pass and stops writes, until all calls stand before the same write. */
      async together(calls) {
        const gate = await db.session('gate');
        await gate.query('BEGIN; LOCK TABLE stock IN EXCLUSIVE MODE');
        const running = Promise.all(calls.map((call) => call()));
        running.catch(() => undefined); // a call may fail before it is awaited below
        await until('all stand at the gate', async () => (await db.value<number>(waiting)) === calls.length);
        await gate.query('COMMIT');
        return running;
      },
    });
    // #endregion benches
    const waiting = `SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'stock'::regclass`;

    /** `kept`, or in a few words how the promise was broken. */
    const verdict = async (test: (bench: Bench) => Promise<void>, bench: Bench): Promise<string> => {
      try {
        await test(bench);
        return 'kept';
      } catch (error) {
        return error instanceof pg.DatabaseError ? `throws ${error.code ?? ''}` : 'broken';
      }
    };

    // #region attempts
    const attempts: Record<string, () => Bench> = {
      'memory, draft': () => inMemory(memoryDraft),
      'PostgreSQL, draft': () => inPostgres(postgresDraft),
      memory: () => inMemory(memoryStore),
      PostgreSQL: () => inPostgres(postgresStore),
    };
    const columns = ['promise', ...Object.keys(attempts)];
    const rows: string[][] = [];
    for (const [promise, test] of Object.entries(contract)) {
      const row = [promise];
      for (const bench of Object.values(attempts)) row.push(await verdict(test, bench()));
      rows.push(row);
    }
    // #endregion attempts
    fact('Who keeps which promise', { columns, rows });
    const brokenBy = (column: number): number => rows.filter((row) => row[column] !== 'kept').length;
    fact('Promises in the contract', rows.length);
    fact('Broken by the memory draft', brokenBy(1));
    fact('Broken by the PostgreSQL draft', brokenBy(2));

    const time = async (bench: () => Bench): Promise<number> => {
      const begun = performance.now();
      for (let round = 0; round < 5; round++) for (const test of Object.values(contract)) await test(bench());
      return (performance.now() - begun) / 5;
    };
    const memory = await time(() => inMemory(memoryStore));
    const real = await time(() => inPostgres(postgresStore));
    measure('the contract in memory', memory, 'ms');
    measure('the contract on PostgreSQL', real, 'ms');
    holds('memory is at least twice as fast', real > 2 * memory);
  },
});
