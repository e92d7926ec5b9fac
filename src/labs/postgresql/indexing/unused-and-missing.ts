import { lab, type Database } from '#labs/index.ts';
import { kilobytes, loadDeliveries } from './deliveries/deliveries.ts';

// #region unused
/** Indexes that no query has used since the last reset, that enforce nothing and lend no statistics of an expression. */
const unused = `
  SELECT s.indexrelname AS index, s.idx_scan AS scans, pg_relation_size(s.indexrelid) / 1024 AS kb
  FROM pg_stat_user_indexes s JOIN pg_index i USING (indexrelid)
  WHERE s.idx_scan = 0 AND NOT i.indisunique AND NOT i.indisexclusion AND i.indexprs IS NULL
  ORDER BY kb DESC`;
// #endregion unused

// #region redundant
/** Indexes whose columns are the first columns of another, valid one of the same kind, both without predicate or expression. */
const redundant = `
  SELECT narrow.indexrelid::regclass::text AS index, wide.indexrelid::regclass::text AS covered_by
  FROM pg_index narrow
  JOIN pg_index wide ON wide.indrelid = narrow.indrelid AND wide.indexrelid <> narrow.indexrelid
  JOIN pg_class n ON n.oid = narrow.indexrelid
  JOIN pg_class w ON w.oid = wide.indexrelid AND w.relam = n.relam
  WHERE wide.indkey::text LIKE narrow.indkey::text || ' %'
    AND wide.indclass::text LIKE narrow.indclass::text || ' %'
    AND NOT narrow.indisunique AND wide.indisvalid
    AND narrow.indpred IS NULL AND wide.indpred IS NULL AND narrow.indexprs IS NULL AND wide.indexprs IS NULL`;
// #endregion redundant

// #region foreign
/** Foreign keys without an index that starts with their columns. */
const foreignKeys = `
  SELECT c.conrelid::regclass::text AS table, c.conname AS foreign_key
  FROM pg_constraint c
  WHERE c.contype = 'f' AND NOT EXISTS (
    SELECT FROM pg_index i
    WHERE i.indrelid = c.conrelid AND i.indisvalid AND i.indpred IS NULL
      AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)`;
// #endregion foreign

// #region missing
/** The statements that read the most pages; a high number a call with few rows is where an index is missing. */
const hungry = `
  SELECT query, calls, (shared_blks_hit + shared_blks_read) / calls AS pages_a_call, rows / calls AS rows_a_call
  FROM pg_stat_statements JOIN pg_database d ON d.oid = dbid AND d.datname = current_database()
  WHERE query LIKE 'SELECT%delivery%'
  ORDER BY shared_blks_hit + shared_blks_read DESC LIMIT 2`;
// #endregion missing

const flush = (db: Database): Promise<unknown> => db.query('SELECT pg_stat_force_next_flush()');

export default lab({
  title: 'Finding the unused, the redundant and the missing',
  claim:
    'The catalogue names indexes that nothing uses, that another one covers, and foreign keys without one; but each server counts only its own use, so an index unused on the primary may be the one the replica lives on.',
  engines: ['postgres'],
  timeout: 120,
  async run({ postgres, fact, holds, until }) {
    const primary = await postgres.instance({
      shared_preload_libraries: 'pg_stat_statements',
      wal_level: 'replica',
    });
    const db = await primary.database();
    await db.query('CREATE EXTENSION pg_stat_statements');
    await loadDeliveries(db);
    await db.query(`
      CREATE INDEX customer_time ON delivery (customer, created_at);
      CREATE INDEX customer_only ON delivery (customer);
      CREATE INDEX report_status ON delivery (status, created_at);
      CREATE TABLE parcel (id int PRIMARY KEY, delivery int NOT NULL);
      INSERT INTO parcel SELECT g, g FROM generate_series(1, 200000) AS g;
      ALTER TABLE parcel ADD FOREIGN KEY (delivery) REFERENCES delivery;
    `);
    await db.query('VACUUM ANALYZE');
    const standby = await primary.standby();
    const replica = await standby.open(db.name);

    // The application works on the primary, a report on the replica.
    await db.query('SELECT pg_stat_statements_reset()');
    for (let customer = 1001; customer <= 1020; customer++) {
      await db.query('SELECT id FROM delivery WHERE customer = $1 ORDER BY created_at DESC LIMIT 10', [
        customer,
      ]);
    }
    for (const name of ['User1@Example.com', 'User2@Example.com']) {
      await db.query('SELECT id FROM delivery WHERE email = $1', [name]);
    }
    for (const day of ['2026-03-01Z', '2026-03-02Z', '2026-03-03Z']) {
      await replica.query(`SELECT count(*) FROM delivery WHERE status = 'failed' AND created_at >= $1`, [
        day,
      ]);
    }
    await flush(db);
    await flush(replica);

    const onPrimary = await db.query<{ index: string; scans: number; kb: number }>(unused);
    fact('Never used on the primary', {
      columns: ['index', 'scans', 'kB'],
      rows: onPrimary.map(({ index, scans, kb }) => [index, scans, kb]),
    });
    const scans = (server: Database): Promise<number> =>
      server.value<number>(`SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'report_status'`);
    await until('the replica counts its scans', async () => (await scans(replica)) > 0);
    fact('Scans of report_status on the primary', await scans(db));
    fact('Scans of report_status on the replica', await scans(replica));

    const covered = await db.query<{ index: string; covered_by: string }>(redundant);
    fact('Redundant', {
      columns: ['index', 'covered by'],
      rows: covered.map((row) => [row.index, row.covered_by]),
    });

    const statements = await db.query<{
      query: string;
      calls: number;
      pages_a_call: number;
      rows_a_call: number;
    }>(hungry);
    fact('Statements that read the most', {
      columns: ['query', 'calls', 'pages a call', 'rows a call'],
      rows: statements.map((row) => [row.query, row.calls, row.pages_a_call, row.rows_a_call]),
    });

    const bare = await db.query<{ table: string; foreign_key: string }>(foreignKeys);
    fact('Foreign keys without an index', {
      columns: ['table', 'foreign key'],
      rows: bare.map((row) => [row.table, row.foreign_key]),
    });
    // #region child
    const rowsReadByDelete = async (id: number): Promise<number> => {
      const read = `SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = 'parcel'`;
      await db.query(`DELETE FROM parcel WHERE id = ${id}`);
      await flush(db);
      const before = await db.value<number>(read);
      await db.query(`DELETE FROM delivery WHERE id = ${id}`);
      await flush(db);
      return (await db.value<number>(read)) - before;
    };
    const without = await rowsReadByDelete(5);
    // #endregion child

    // #region invalid
    const [writer] = await db.sessions('writer');
    await writer.query('BEGIN');
    await writer.query('UPDATE parcel SET delivery = delivery WHERE id = 9');
    await db.query(`SET lock_timeout = '100ms'`); // right for ALTER TABLE, wrong here
    const hurried = await db.outcome('CREATE INDEX CONCURRENTLY hurried ON parcel (delivery)');
    await db.query('RESET lock_timeout');
    await writer.query('COMMIT');
    const invalid = await db.query<{ index: string }>(
      'SELECT indexrelid::regclass::text AS index FROM pg_index WHERE NOT indisvalid',
    );
    // #endregion invalid
    fact('Building concurrently beside an open write, lock_timeout 100 ms', hurried.tag);
    fact(
      'Invalid indexes left behind',
      invalid.map(({ index }) => index),
    );
    await db.query('DROP INDEX hurried');

    await db.query('CREATE INDEX parcel_delivery ON parcel (delivery)');
    const withIndex = await rowsReadByDelete(6);
    fact('Child rows read to delete one parent, no index on the foreign key', without);
    fact('Child rows read to delete one parent, with it', withIndex);
    fact('Foreign keys without an index after creating it', (await db.query(foreignKeys)).length);
    // #region drop
    const [reader, engineer] = await db.sessions('reader', 'engineer');
    await reader.query('BEGIN; SELECT FROM parcel WHERE id = 1');
    const dropping = engineer.query('DROP INDEX CONCURRENTLY parcel_delivery');
    const blockers = 'SELECT cardinality(pg_blocking_pids($1))';
    await until('it waits for the reader', () => db.value<number>(blockers, [engineer.pid]));
    const { nodes } = await db.explain('SELECT FROM parcel WHERE delivery = 7');
    await reader.query('COMMIT');
    await dropping;
    // #endregion drop
    fact('Plan during DROP INDEX CONCURRENTLY', nodes.join());
    holds(
      'the index that the primary never uses is used on the replica',
      (await scans(db)) === 0 && (await scans(replica)) > 0,
    );
    holds('the unused index takes more than a megabyte', (await kilobytes(db, 'report_status')) > 1024);
  },
});
