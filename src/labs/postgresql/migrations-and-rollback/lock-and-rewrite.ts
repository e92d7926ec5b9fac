import pg from 'pg';
import { lab } from '#labs/index.ts';

/** Strongest last, as the manual lists them. */
const modes = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
];

// #region changes
/** Changes of `orders`, written as what follows ALTER TABLE orders; `before` is committed first. */
const changes: readonly { does: string; before?: string; says?: string }[] = [
  { does: 'ADD COLUMN note text' },
  { does: `ADD COLUMN state text NOT NULL DEFAULT 'new'` },
  { does: 'ADD COLUMN seen timestamptz DEFAULT now()' },
  { does: 'ADD COLUMN key uuid DEFAULT gen_random_uuid()' },
  { does: 'ADD COLUMN nr bigint GENERATED ALWAYS AS IDENTITY' },
  { does: 'ADD COLUMN twice int GENERATED ALWAYS AS (total * 2) STORED' },
  { does: 'DROP COLUMN memo' },
  { does: 'RENAME COLUMN memo TO remark' },
  { does: 'ALTER code TYPE varchar(40)', says: 'code varchar(20) → varchar(40)' },
  { does: 'ALTER code TYPE varchar(10)', says: 'code varchar(20) → varchar(10)' },
  { does: 'ALTER total TYPE bigint', says: 'total int → bigint' },
  { does: 'ALTER placed TYPE timestamptz', says: 'timestamp → timestamptz, session in UTC' },
  {
    does: 'ALTER placed TYPE timestamptz',
    before: `SET TimeZone = 'Europe/Berlin'`,
    says: 'timestamp → timestamptz, session in Europe/Berlin',
  },
  { does: 'ALTER memo SET NOT NULL' },
  {
    does: 'ALTER memo SET NOT NULL',
    before: 'ALTER TABLE orders ADD CONSTRAINT c CHECK (memo IS NOT NULL)',
    says: 'ALTER memo SET NOT NULL, with a valid CHECK (memo IS NOT NULL)',
  },
  { does: 'ADD CONSTRAINT c CHECK (total > 0)' },
  { does: 'ADD CONSTRAINT c CHECK (total > 0) NOT VALID' },
  { does: 'ADD CONSTRAINT c NOT NULL memo NOT VALID' },
  {
    does: 'VALIDATE CONSTRAINT c',
    before: 'ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID',
    says: 'VALIDATE CONSTRAINT c, a CHECK',
  },
  { does: 'ADD CONSTRAINT c FOREIGN KEY (customer) REFERENCES customer' },
  { does: 'ADD CONSTRAINT c FOREIGN KEY (customer) REFERENCES customer NOT VALID' },
  {
    does: 'VALIDATE CONSTRAINT c',
    before: 'ALTER TABLE orders ADD CONSTRAINT c FOREIGN KEY (customer) REFERENCES customer NOT VALID',
    says: 'VALIDATE CONSTRAINT c, a FOREIGN KEY',
  },
  {
    does: 'DROP CONSTRAINT c',
    before: 'ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0)',
    says: 'DROP CONSTRAINT c, a CHECK',
  },
  { does: 'ADD UNIQUE (code)' },
  {
    does: 'ADD CONSTRAINT c UNIQUE USING INDEX i',
    before: 'CREATE UNIQUE INDEX i ON orders (code)',
    says: 'ADD CONSTRAINT c UNIQUE USING INDEX i, built before',
  },
];
// #endregion changes

const lockName = (mode: string): string =>
  mode
    .replace(/Lock$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();

export default lab({
  title: 'What each ALTER locks, reads and rewrites',
  claim:
    'Most ALTERs touch only the catalogue, some read every row and some write the table anew. NOT VALID with VALIDATE moves the reading to a lock that blocks neither SELECT nor UPDATE.',
  engines: ['postgres'],
  async run({ postgres, fact, holds, measure, series }) {
    const db = await postgres();
    const rows = 10_000;
    await db.query(`
      CREATE TABLE customer (id int PRIMARY KEY);
      INSERT INTO customer SELECT g FROM generate_series(1, 100) g;
      CREATE TABLE orders (
        id int PRIMARY KEY, customer int, total int, code varchar(20), memo text, placed timestamp
      );
      INSERT INTO orders
        SELECT g, 1 + g % 100, g, 'o' || g, '', '2026-01-01' FROM generate_series(1, ${rows}) g;
    `);
    const [migration, app] = await db.sessions('Migration', 'App');
    /** Whether the application gets through while the migration's transaction is open. */
    const passes = async (sql: string): Promise<boolean> => {
      await app.query(`BEGIN; SET LOCAL lock_timeout = '50ms'`);
      const { code } = await app.outcome(sql);
      await app.query('ROLLBACK');
      return code === undefined;
    };

    /** The file on disk (relfilenode), and rows read in this transaction. */
    const look = async () => ({
      file: await migration.value(`SELECT pg_relation_filenode('orders')`),
      read: await migration.value<number>(
        `SELECT seq_tup_read FROM pg_stat_xact_user_tables
          WHERE relname = 'orders'`,
      ),
    });

    // #region observe
    /** What one change did, seen before its transaction is rolled back. */
    async function observe(change: string) {
      await migration.query('BEGIN');
      const before = await look();
      await migration.query(`ALTER TABLE orders ${change}`);
      const after = await look();
      const seen = {
        lock: await strongestLock('orders'),
        lockOnCustomer: await strongestLock('customer'),
        selects: await passes('SELECT total FROM orders WHERE id = 1'),
        updates: await passes('UPDATE orders SET total = 1 WHERE id = 0'),
        scans: Math.floor((after.read - before.read) / rows),
        rewritten: after.file !== before.file,
      };
      await migration.query('ROLLBACK');
      return seen;
    }
    // #endregion observe

    /** The strongest lock that the migration holds on a table. */
    async function strongestLock(table: string): Promise<string> {
      const held = await migration.query<{ mode: string }>(
        `SELECT mode FROM pg_locks
          WHERE pid = pg_backend_pid() AND relation = $1::regclass`,
        [table],
      );
      const taken = held.map(({ mode }) => mode);
      return lockName(modes.findLast((mode) => taken.includes(mode)) ?? 'none');
    }
    const groups = {
      'Catalogue only': [] as string[][],
      'Rewrites the table': [] as string[][],
      'Reads every row while it blocks': [] as string[][],
      'Reads every row and blocks neither': [] as string[][],
    };
    const referenced: string[][] = [];
    for (const { does, before, says = does } of changes) {
      await migration.query(before ?? 'SELECT 1');
      const seen = await observe(does);
      await migration.query(
        'ALTER TABLE orders DROP CONSTRAINT IF EXISTS c; DROP INDEX IF EXISTS i; RESET TimeZone',
      );
      // #region groups
      const blocks = !seen.selects ? 'SELECT and UPDATE' : !seen.updates ? 'UPDATE' : 'neither';
      const group = seen.rewritten
        ? 'Rewrites the table'
        : seen.scans === 0
          ? 'Catalogue only'
          : blocks === 'neither'
            ? 'Reads every row and blocks neither'
            : 'Reads every row while it blocks';
      groups[group].push([says, seen.lock, blocks]);
      // #endregion groups
      if (seen.lockOnCustomer !== 'NONE') referenced.push([says, seen.lockOnCustomer]);
    }
    for (const [group, found] of Object.entries(groups)) {
      fact(group, { columns: ['ALTER TABLE orders', 'lock', 'blocks'], rows: found });
    }
    fact('Changes tried', changes.length);
    fact('Lock on the referenced table', {
      columns: ['ALTER TABLE orders', 'lock on customer'],
      rows: referenced,
    });

    // #region rename
    await db.query(
      'CREATE VIEW report AS SELECT id, memo FROM orders; ALTER TABLE orders RENAME memo TO remark',
    );
    const users = await db.query<{ view: string }>(`
      SELECT DISTINCT ev_class::regclass::text AS view
      FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
      JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE a.attrelid = 'orders'::regclass AND a.attname = 'remark'`);
    const verdict = (sql: string): Promise<string> =>
      app.client.query(sql).then(
        () => 'succeeds',
        (error: unknown) => {
          if (error instanceof pg.DatabaseError && error.code !== undefined) return error.code;
          throw error;
        },
      );
    // #endregion rename
    fact('After RENAME COLUMN memo TO remark', {
      columns: ['statement', 'outcome'],
      rows: [
        ['SELECT memo FROM orders', await verdict('SELECT memo FROM orders LIMIT 1')],
        ['SELECT memo FROM the view', await verdict('SELECT memo FROM report LIMIT 1')],
        ['DROP COLUMN remark', await verdict('ALTER TABLE orders DROP remark')],
        ['views in pg_depend', users.map(({ view }) => view).join()],
      ],
    });

    // #region growth
    const points: Record<'int → bigint' | 'ADD COLUMN with a constant default', [number, number][]> = {
      'int → bigint': [],
      'ADD COLUMN with a constant default': [],
    };
    const timed = async (sql: string): Promise<number> => {
      const start = performance.now();
      await db.query(sql);
      return performance.now() - start;
    };
    for (const size of [20_000, 80_000, 320_000]) {
      await db.query(`DROP TABLE IF EXISTS big; CREATE TABLE big (id int PRIMARY KEY, total int);
        INSERT INTO big SELECT g, g FROM generate_series(1, ${size}) g`);
      points['int → bigint'].push([size, await timed('ALTER TABLE big ALTER total TYPE bigint')]);
      const adding = [];
      for (const name of ['a', 'b', 'c']) {
        adding.push(await timed(`ALTER TABLE big ADD COLUMN ${name} text NOT NULL DEFAULT 'new'`));
      }
      points['ADD COLUMN with a constant default'].push([size, Math.min(...adding)]); // the best of three
    }
    // #endregion growth
    series('Time under ACCESS EXCLUSIVE', { x: 'rows', y: 'ALTER TABLE', unit: 'ms', kind: 'line', points });
    const last = (line: [number, number][]): number => line.at(-1)?.[1] ?? Number.NaN;
    const [rewrite, catalogue] = [
      last(points['int → bigint']),
      last(points['ADD COLUMN with a constant default']),
    ];
    measure('int to bigint on 320,000 rows', rewrite, 'ms');
    measure('ADD COLUMN with a constant default on 320,000 rows', catalogue, 'ms');
    holds('on 320,000 rows a rewrite takes at least five times as long as a change of the catalogue', rewrite > 5 * catalogue); // prettier-ignore
  },
});
