import { lab, type Database, type Point, type Session } from '#labs/index.ts';
import { kilobytes, loadDeliveries } from './deliveries/deliveries.ts';

interface Written {
  readonly WAL: { readonly records: number; readonly bytes: number };
  readonly ms: number;
}

/** Runs a statement under EXPLAIN (ANALYZE, WAL): what it wrote to the write-ahead log, and its time. */
async function write(db: Pick<Database, 'value'>, sql: string): Promise<Written> {
  const [output] = await db.value<
    readonly { Plan: { 'WAL Records': number; 'WAL Bytes': number }; 'Execution Time': number }[]
  >(`EXPLAIN (ANALYZE, WAL, FORMAT JSON) ${sql}`);
  if (!output) throw new Error('EXPLAIN gave no plan.');
  return {
    WAL: { records: output.Plan['WAL Records'], bytes: output.Plan['WAL Bytes'] },
    ms: output['Execution Time'],
  };
}

const rows = 10_000;

export default lab({
  title: 'What indexes cost on every write',
  claim:
    'Every index adds to each insert, the first index that mentions an updated column ends HOT for it, and deleted entries leave space that only REINDEX gives back.',
  engines: ['postgres'],
  timeout: 120,
  alone: true,
  async run({ postgres, fact, measure, holds, series }) {
    const db = await postgres();
    await db.query('CREATE EXTENSION pg_trgm');
    await loadDeliveries(db, 40_000);

    // #region inserts
    /** Inserts 10,000 deliveries into an empty copy of the table with these indexes. */
    const insert = async (...indexes: readonly string[]): Promise<Written> => {
      await db.query('DROP TABLE IF EXISTS fresh; CREATE TABLE fresh (LIKE delivery)');
      for (const index of indexes) await db.query(`CREATE INDEX ON fresh ${index}`);
      return write(db, `INSERT INTO fresh SELECT * FROM delivery WHERE id <= ${rows}`);
    };
    const btrees = [
      '(id)',
      '(customer, created_at)',
      '(token)',
      '(lower(email))',
      '(driver)',
      '(status, created_at)',
      '(created_at)',
      '(note)',
    ];
    const counts = [0, 1, 2, 4, 8];
    const byCount: Written[] = [];
    for (const count of counts) {
      const runs = [];
      for (let run = 1; run <= 3; run++) runs.push(await insert(...btrees.slice(0, count)));
      byCount.push(runs.reduce((best, next) => (next.ms < best.ms ? next : best))); // least disturbed
    }
    // #endregion inserts
    const perRow = ({ WAL }: Written): number => WAL.bytes / rows;
    series('Write-ahead log for one inserted row, by number of B-trees', {
      x: 'indexes', y: 'log', unit: 'bytes', kind: 'bar',
      points: byCount.map((written, at): Point => [String(counts[at]), Math.round(perRow(written))]),
    }); // prettier-ignore
    series('Time for 1,000 inserted rows, by number of B-trees', {
      x: 'indexes', y: 'time', unit: 'ms', kind: 'bar',
      points: byCount.map(({ ms }, at): Point => [String(counts[at]), ms / (rows / 1000)]),
    }); // prettier-ignore
    const [bare, , , , eight] = byCount;
    if (!bare || !eight) throw new Error('Nothing was measured.');
    measure('Log per row without an index', perRow(bare), 'bytes');
    measure('Log per row with eight B-trees', perRow(eight), 'bytes');
    measure('Time with eight B-trees against none', eight.ms / bare.ms, '×');

    const kinds = {
      'BRIN (created_at)': 'USING brin (created_at)',
      'B-tree (created_at)': '(created_at)',
      'B-tree (token)': '(token)',
      'hash (token)': 'USING hash (token)',
      'GiST (place)': 'USING gist (place)',
      'GIN (attributes)': 'USING gin (attributes)',
      'GIN trigrams (note)': 'USING gin (note gin_trgm_ops)',
    };
    const byKind: [string, Written][] = [];
    for (const [name, index] of Object.entries(kinds)) byKind.push([name, await insert(index)]);
    series('Extra log for one inserted row, by kind of index', {
      x: 'index', y: 'log', unit: 'bytes', kind: 'bar',
      points: byKind.map(([name, written]): Point => [name, Math.round(perRow(written) - perRow(bare))]),
    }); // prettier-ignore
    const extra = (name: keyof typeof kinds): number => {
      const found = byKind.find(([kind]) => kind === name);
      return found ? perRow(found[1]) - perRow(bare) : 0;
    };
    measure('Extra log per row for BRIN', extra('BRIN (created_at)'), 'bytes');
    measure('Extra log per row for a B-tree on the time', extra('B-tree (created_at)'), 'bytes');
    measure('Extra log per row for a B-tree on the token', extra('B-tree (token)'), 'bytes');
    measure('Extra log per row for GIN on jsonb', extra('GIN (attributes)'), 'bytes');
    measure('Extra log per row for GIN on trigrams', extra('GIN trigrams (note)'), 'bytes');

    const [session] = await db.sessions('writer');
    // #region hot
    /** Changes the status of 2,000 of 40,000 deliveries; every page holds 20 or so and has this much room left. */
    const update = async (
      fillfactor: number,
      ...indexes: readonly string[]
    ): Promise<Written & { hot: number }> => {
      await db.query('DROP TABLE IF EXISTS fresh');
      await db.query(`CREATE TABLE fresh (LIKE delivery) WITH (fillfactor = ${fillfactor})`);
      await db.query('INSERT INTO fresh SELECT * FROM delivery');
      await db.query(
        'CREATE INDEX ON fresh (id); CREATE INDEX ON fresh (customer); CREATE INDEX ON fresh (token)',
      );
      for (const index of indexes) await db.query(`CREATE INDEX ON fresh ${index}`);
      await db.query('VACUUM ANALYZE fresh');
      return counted(session, `UPDATE fresh SET status = 'returned' WHERE id % 20 = 0`);
    };
    // #endregion hot
    const cases = {
      'status in no index': await update(85),
      'status is a key: (status)': await update(85, '(status)'),
      'status is carried: (driver) INCLUDE (status)': await update(85, '(driver) INCLUDE (status)'),
      'status in a predicate: (driver) WHERE status = ‘failed’': await update(
        85,
        `(driver) WHERE status = 'failed'`,
      ),
      'status in BRIN: USING brin (status)': await update(85, 'USING brin (status)'),
      'status in no index, but full pages: fillfactor 100': await update(100),
    };
    fact('Updates of status in 2,000 rows beside three other B-trees', {
      columns: ['where status is indexed', 'HOT updates'],
      rows: Object.entries(cases).map(([name, { hot }]) => [name, hot]),
    });
    series('Write-ahead log for one updated row', {
      x: 'where status is indexed', y: 'log', unit: 'bytes', kind: 'bar',
      points: Object.entries(cases).map(([name, { WAL }]): Point => [name.split(':')[0] ?? name, Math.round(WAL.bytes / 2000)]),
    }); // prettier-ignore
    const hotCase = cases['status in no index'];
    const coldCase = cases['status is carried: (driver) INCLUDE (status)'];
    const fullPages = cases['status in no index, but full pages: fillfactor 100'];
    fact('HOT updates with status in no index', hotCase.hot);
    fact('HOT updates with status carried by INCLUDE', coldCase.hot);
    fact('HOT updates on full pages', fullPages.hot);
    measure('Log per HOT update', hotCase.WAL.bytes / 2000, 'bytes');
    measure('Log per update that is not HOT', coldCase.WAL.bytes / 2000, 'bytes');
    holds(
      'an update that is not HOT writes more than twice the log',
      coldCase.WAL.bytes > 2 * hotCase.WAL.bytes,
    );
    holds('eight B-trees more than double the log of an insert', perRow(eight) > 2 * perRow(bare));

    // #region keys
    /** The size of a primary key in kB after 100,000 inserts, made by a function of the database. */
    const keySize = async (generate: string): Promise<number> => {
      await db.query('DROP TABLE IF EXISTS keyed; CREATE TABLE keyed (id uuid PRIMARY KEY)');
      await db.query(`INSERT INTO keyed SELECT ${generate} FROM generate_series(1, 100000)`);
      return kilobytes(db, 'keyed_pkey');
    };
    const random = await keySize('uuidv4()');
    const ordered = await keySize('uuidv7()');
    // #endregion keys
    measure('Primary key of 100,000 random UUIDs (v4)', random, 'kB');
    measure('Primary key of 100,000 ordered UUIDs (v7)', ordered, 'kB');
    holds('random keys leave a larger index than ordered ones', random > 1.1 * ordered);

    // #region bloat
    await db.query('CREATE INDEX token_key ON delivery (token)');
    const full = await kilobytes(db, 'token_key');
    await db.query('DELETE FROM delivery WHERE id % 10 <> 0');
    await db.query('VACUUM delivery');
    const emptied = await kilobytes(db, 'token_key');
    await db.query('REINDEX INDEX CONCURRENTLY token_key');
    const rebuilt = await kilobytes(db, 'token_key');
    // #endregion bloat
    fact('Index before the DELETE of 90% of the rows', full, 'kB');
    fact('Index after DELETE and VACUUM', emptied, 'kB');
    fact('Index after REINDEX CONCURRENTLY', rebuilt, 'kB');
  },
});

/** A write in a transaction of its own, with how many of its updates were HOT. */
async function counted(session: Session, sql: string): Promise<Written & { hot: number }> {
  await session.query('BEGIN');
  const written = await write(session, sql);
  const hot = await session.value<number>(`SELECT pg_stat_get_xact_tuples_hot_updated('fresh'::regclass)`);
  await session.query('COMMIT');
  return { ...written, hot };
}
