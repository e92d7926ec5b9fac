import pg from 'pg';
import { lab } from '#labs/index.ts';

export default lab({
  title: 'A backfill is killed and resumed',
  claim:
    'With the checkpoint in the same transaction as the batch, a killed backfill resumes with no row missed and none filled twice, and locks one batch where a single UPDATE locks the table.',
  engines: ['postgres', 'node'],
  async run({ postgres, node, fact, holds, measure, step, until }) {
    const db = await postgres();
    const rows = 20_000;
    await db.query(`
      CREATE TABLE orders (id int PRIMARY KEY, total numeric(10, 2) NOT NULL, total_cents bigint);
      INSERT INTO orders SELECT g, g / 2.0 FROM generate_series(1, ${rows}) g;
      CREATE TABLE backfill (last_id int NOT NULL, filled int NOT NULL);
      INSERT INTO backfill VALUES (0, 0);
    `);
    // Counts how often each row is filled; only for the proof.
    await db.query(`
      CREATE TABLE filled (id int);
      CREATE FUNCTION note_fill() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO filled VALUES (new.id); RETURN NULL; END $$;
      CREATE TRIGGER note_fill AFTER UPDATE OF total_cents ON orders FOR EACH ROW
        WHEN (current_setting('application_name') = 'backfill') EXECUTE FUNCTION note_fill();
    `);
    const app = await db.session('App');
    const node26 = await node();
    const workers = (waiting: string): Promise<number> =>
      db.value<number>(
        `SELECT count(*) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'backfill' ${waiting}`,
      );

    await db.query('UPDATE orders SET total = 20, total_cents = 1000 WHERE id = 15000');
    // That row was saved by the new version and changed by the old one, in the minutes when both ran.

    // #region kill
    await app.does('BEGIN');
    await app.does('UPDATE orders SET total = 9.99, total_cents = 999 WHERE id = 7500', {
      note: 'The new version of the application writes both columns.',
    });
    const first = node26.start('backfill/worker.ts', { args: [db.url] });
    step({ who: 'Backfill', does: 'batches 1 to 7', result: (await first.line(/up to 7000/))[0] });
    await until('the worker waits in batch 8', () => workers(`AND wait_event_type = 'Lock'`));
    step({ who: 'Backfill', does: 'batch 8', result: 'waits for App', outcome: 'waits' });
    first.kill('SIGKILL');
    const { signal } = await first.ended;
    step({ who: 'Backfill', does: '(the process is gone)', result: String(signal), outcome: 'fails' });
    await app.does('COMMIT');
    await until('its transaction is gone too', async () => (await workers('')) === 0);
    const saved = await app.does('SELECT last_id, filled FROM backfill');
    // #endregion kill
    fact('Checkpoint after the kill', Number(saved.rows[0]?.['last_id']));
    fact('Rows filled when it was killed', Number(saved.rows[0]?.['filled']));
    await app.does(`INSERT INTO orders VALUES (${rows + 1}, 5, 500)`, { note: 'Life goes on meanwhile.' });
    await app.does('UPDATE orders SET total = 3, total_cents = 300 WHERE id = 12000');
    const second = node26.start('backfill/worker.ts', { args: [db.url] });
    await second.line(/up to 8000/);
    step({
      who: 'Backfill',
      does: '(started again)',
      result: second.stdout.split('\n')[0] ?? '',
      note: 'Batch 8 is done anew.',
    });
    const { code, stdout } = await second.ended;
    step({ who: 'Backfill', does: 'batches 9 to 21', result: stdout.trim().split('\n').at(-1) ?? '' });
    fact('Exit code of the second run', code);
    const stale = await db.value<string>('SELECT total_cents FROM orders WHERE id = 15000');
    fact('Cents of the order of 20.00 that stood at 1000', Number(stale));
    const plain = new pg.Client({ connectionString: db.url });
    await plain.connect();
    const { rows: found } = await plain.query<{ total_cents: unknown }>(
      'SELECT total_cents FROM orders LIMIT 1',
    );
    await plain.end();
    fact('Type of a bigint in Node.js', typeof found[0]?.total_cents);
    fact('Rows filled at the end', await db.value<number>('SELECT filled FROM backfill'));
    fact('Rows filled twice', await db.value<number>('SELECT count(*) - count(DISTINCT id) FROM filled'));
    // #region verify
    const wrong = 'SELECT count(*) FROM orders WHERE total_cents IS DISTINCT FROM round(total * 100)';
    fact('Rows that are wrong or missing', await db.value<number>(wrong));
    await app.does('UPDATE orders SET total = 1 WHERE id = 42', {
      note: 'An old instance that nobody stopped.',
    });
    fact('Rows that are wrong after one write of the old version', await db.value<number>(wrong));
    // #endregion verify

    const [once, batched] = [await compare('one UPDATE', 100_000), await compare('a batch', 1000)];
    measure('One UPDATE of 100,000 rows', once.ms, 'ms');
    measure('A hundred batches of 1,000 without pause', batched.ms, 'ms');
    measure('Table after one UPDATE, against before', once.growth, '×');
    measure('Table after batches with vacuum between, against before', batched.growth, '×');
    holds('one UPDATE nearly doubles the table', once.growth > 1.8);
    holds('batches with vacuum between grow it by less than half', batched.growth < 1.5);

    /** Fills 100,000 rows of a new table in batches of a size; vacuums at fixed moments, as autovacuum would in time. */
    async function compare(name: string, size: number): Promise<{ ms: number; growth: number }> {
      const all = 100_000;
      await db.query(`DROP TABLE orders;
        CREATE TABLE orders (id int PRIMARY KEY, total numeric(10, 2), total_cents bigint);
        INSERT INTO orders SELECT g, g / 2.0 FROM generate_series(1, ${all}) g`);
      await db.query('VACUUM orders');
      const bytes = (): Promise<number> => db.value<number>(`SELECT pg_relation_size('orders')`);
      const before = await bytes();
      const start = performance.now();
      for (let last = 0; last < all; last += size) {
        // #region locked
        await app.query('BEGIN');
        await app.query('UPDATE orders SET total_cents = round(total * 100) WHERE id > $1 AND id <= $2', [
          last,
          last + size,
        ]);
        if (last === 0) {
          const free = 'SELECT count(*) FROM (SELECT 1 FROM orders FOR UPDATE SKIP LOCKED)';
          fact(`Of 100,000 rows another writer could lock during ${name}`, await db.value<number>(free));
        }
        await app.query('COMMIT');
        // #endregion locked
        if (last % 10_000 === 9_000) await db.query('VACUUM orders');
      }
      return { ms: performance.now() - start, growth: (await bytes()) / before };
    }
  },
});
