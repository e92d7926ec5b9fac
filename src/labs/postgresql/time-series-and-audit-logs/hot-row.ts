import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { lab, type Point } from '#labs/index.ts';

const clients = 8;
const transactionsPerClient = 40;
/** What each transaction still does after its write, in milliseconds: another query, a call. */
const rest = 3;

export default lab({
  title: 'One row that every writer touches',
  claim:
    'Appending scales with the writers; a rollup row or a hash chain kept up to date inside each transaction lets one of them through at a time, and one open report makes that row’s old versions pile up.',
  engines: ['postgres'],
  alone: true,
  async run({ postgres, fact, measure, holds, series }) {
    const db = await postgres();
    await db.query(`
      CREATE TABLE reading (device_id int NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(), value float8 NOT NULL);
      CREATE TABLE reading_hour (hour timestamptz, slot int, n bigint NOT NULL, PRIMARY KEY (hour, slot));
      CREATE TABLE chain_head (hash bytea NOT NULL);
      INSERT INTO chain_head VALUES ('');
    `);

    // #region variants
    const insert = 'INSERT INTO reading (device_id, value) VALUES ($1, 20)';
    const addTo = (hour: string, slot: string): string => `
      INSERT INTO reading_hour VALUES ('2026-11-20 ${hour}', ${slot}, 1)
      ON CONFLICT (hour, slot) DO UPDATE SET n = reading_hour.n + 1`;
    const extend = `UPDATE chain_head SET hash = sha256(hash || 'entry')`;
    const variants: Record<string, string | undefined> = {
      'append only': undefined,
      'and add to the hour’s row': addTo('10:00', '0'),
      'and add to one of 16 rows': addTo('11:00', 'floor(random() * 16)::int'),
      'and extend a hash chain': extend,
    };
    // #endregion variants
    const pool = new pg.Pool({ connectionString: db.url, max: clients });
    try {
      const rates: [string, number][] = [];
      await run(pool, insert, undefined); // opens the connections; not recorded
      for (const [name, then] of Object.entries(variants)) rates.push([name, await run(pool, insert, then)]);
      const rate = (name: string): number => rates.find(([variant]) => variant === name)?.[1] ?? 0;
      const points: Point[] = rates;
      series('Commits per second of 8 writers', {
        x: 'each transaction appends',
        y: 'commits',
        unit: '/s',
        points,
      });
      for (const [name, value] of rates) measure(`Commits per second, ${name}`, value, '/s');
      holds(
        'one shared row costs more than half the throughput',
        rate('and add to the hour’s row') < rate('append only') / 2,
      );
      holds('so does a chain', rate('and extend a hash chain') < rate('append only') / 2);
      holds(
        'sixteen rows more than double what one allows',
        rate('and add to one of 16 rows') > 2 * rate('and add to the hour’s row'),
      );
    } finally {
      await pool.end();
    }
    const counted = (hour: string): Promise<number> =>
      db.value<number>(`SELECT sum(n)::int FROM reading_hour WHERE hour = '2026-11-20 ${hour}'`);
    fact('Counted in one row', await counted('10:00'));
    fact('Counted in 16 rows, added when read', await counted('11:00'));

    // #region versions
    const [writer, report] = await db.sessions('Writer', 'Report');
    await db.query('CREATE TABLE counter (n bigint NOT NULL); INSERT INTO counter VALUES (0)');
    const pagesAfter = async (updates: number): Promise<number> => {
      for (let n = 0; n < updates; n++) await writer.query('UPDATE counter SET n = n + 1');
      return (await db.explain('SELECT n FROM counter')).buffers;
    };
    const quiet = await pagesAfter(3000);
    await report.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM reading'); // and goes for lunch
    const held = await pagesAfter(3000);
    await report.query('COMMIT');
    // #endregion versions
    measure('Pages read for the one row after 3,000 updates', quiet, 'pages');
    measure('Pages read for the one row after 3,000 more under an open report', held, 'pages');
    holds('the open report makes the one row cost five times the pages', held > 5 * quiet);
  },
});

// #region run
/** Commits per second when all clients insert, do `then`, and hold the transaction open for the rest of their work. */
async function run(pool: pg.Pool, insert: string, then: string | undefined): Promise<number> {
  const client = async (_: unknown, device: number): Promise<void> => {
    const connection = await pool.connect();
    for (let n = 0; n < transactionsPerClient; n++) {
      await connection.query('BEGIN');
      await connection.query(insert, [device]);
      if (then) await connection.query(then);
      await sleep(rest);
      await connection.query('COMMIT');
    }
    connection.release();
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  return (clients * transactionsPerClient) / ((performance.now() - started) / 1000);
}
// #endregion run
