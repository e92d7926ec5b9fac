import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import pg from 'pg';
import { lab } from '#labs/index.ts';

// #region migrations
/** Migrations as they stand in a pull request. Each starts with SET lock_timeout = '1s', unless it says otherwise. */
const migrations: readonly { sql: string; bare?: true; before?: string }[] = [
  { sql: 'ALTER TABLE orders ADD COLUMN note text' },
  { sql: 'ALTER TABLE orders ADD COLUMN note text', bare: true },
  { sql: 'ALTER TABLE orders ADD COLUMN key uuid DEFAULT gen_random_uuid()' },
  { sql: 'ALTER TABLE orders ALTER total TYPE bigint' },
  { sql: 'ALTER TABLE orders ALTER code TYPE varchar(40)' },
  { sql: 'ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0)' },
  { sql: 'ALTER TABLE orders ADD CONSTRAINT c CHECK (code IS NOT NULL) NOT VALID' },
  {
    sql: 'ALTER TABLE orders ALTER memo SET NOT NULL',
    before: 'ALTER TABLE orders ADD CONSTRAINT memo_set CHECK (memo IS NOT NULL)',
  },
  { sql: 'CREATE INDEX orders_code ON orders (code)' },
  { sql: 'ALTER TABLE orders RENAME COLUMN total TO amount' },
  { sql: 'ALTER TABLE orders DROP COLUMN total' },
  { sql: `UPDATE orders SET memo = 'none'` },
];
// #endregion migrations

/** A finding, as squawk --reporter json prints it. */
interface Finding {
  readonly file: string;
  readonly rule_name: string;
}

export default lab({
  title: 'What a migration linter sees and what it cannot',
  claim:
    'squawk flags the rewrites, scans and renames that SQL shows; it also flags changes of the catalogue alone, and it misses what depends on the data, on the running release and on its prepared statements.',
  engines: ['postgres', 'node'],
  async run({ postgres, folder, fact }) {
    const db = await postgres();
    const size = 10_000;
    await db.query(`
      CREATE TABLE orders (id int PRIMARY KEY, total int, code varchar(20), memo text NOT NULL DEFAULT '');
      ALTER TABLE orders ALTER memo DROP NOT NULL;
      INSERT INTO orders SELECT g, g, 'o' || g, '' FROM generate_series(1, ${size}) g;
    `);

    const squawk = createRequire(import.meta.url).resolve('squawk-cli/js/bin/squawk');
    // #region lint
    const files = await folder();
    const fileOf = (index: number): string => path.join(files, `${index}.sql`);
    for (const [index, { sql, bare }] of migrations.entries()) {
      const timeout = bare ? '' : `SET lock_timeout = '1s';\n`;
      await writeFile(fileOf(index), `${timeout}${sql};\n`);
    }
    const style = [
      'prefer-robust-stmts',
      'prefer-bigint-over-int',
      'prefer-text-field',
      'require-statement-timeout',
    ];
    const { code, stdout } = await run(squawk, [
      '--reporter=json',
      '--pg-version=18',
      '--assume-in-transaction',
      `--exclude=${style.join()}`,
      ...migrations.map((_, index) => fileOf(index)),
    ]);
    const findings = JSON.parse(stdout) as Finding[];
    // #endregion lint
    fact('Exit code, which fails the build', code);

    const migration = await db.session('Migration');
    // #region effect
    /** What the migration does to 10,000 rows and to the release that is running; rolled back. */
    async function effectOf(
      sql: string,
    ): Promise<[onTheTable: string, onTheRelease: string, onPrepared: string]> {
      const counters = () => migration.query<{ read: number; written: number }>(
        `SELECT seq_tup_read AS read, n_tup_upd AS written FROM pg_stat_xact_user_tables WHERE relname = 'orders'`,
      ); // prettier-ignore
      const file = () => migration.value<number>(`SELECT pg_relation_filenode('orders')`);
      const prepared = { name: 'all', text: 'SELECT * FROM orders WHERE id = 1' };
      await migration.client.query(prepared); // a driver keeps it by its name
      await migration.query('BEGIN');
      const [old, [before]] = [await file(), await counters()];
      await migration.query(sql);
      const [after] = await counters();
      const all = (name: 'read' | 'written'): boolean => (after?.[name] ?? 0) - (before?.[name] ?? 0) >= size;
      const onTheTable =
        (await file()) !== old ? 'rewrites it'
        : all('written') ? 'updates every row'
        : all('read') ? 'reads every row'
        : 'catalogue only'; // prettier-ignore
      await migration.query('SAVEPOINT migrated');
      const onPrepared = await refusal(() => migration.client.query(prepared));
      await migration.query('ROLLBACK TO migrated');
      const onTheRelease = await refusal(async () => {
        await migration.query('INSERT INTO orders (id, total) VALUES (0, 1)'); // what the running release sends
        await migration.query('SELECT total FROM orders WHERE id = 0');
      });
      await migration.query('ROLLBACK');
      return [onTheTable, onTheRelease ?? 'goes on', onPrepared ?? 'goes on'];
    }
    // #endregion effect

    const rows = [];
    for (const [index, { sql, bare, before }] of migrations.entries()) {
      const flags = findings.filter(({ file }) => file === fileOf(index)).map(({ rule_name }) => rule_name);
      await db.query(before ?? 'SELECT 1');
      const effects = await effectOf(sql);
      if (before) await db.query('ALTER TABLE orders DROP CONSTRAINT memo_set');
      const shown =
        sql.replace('ALTER TABLE orders ', '') +
        (bare ? ', without lock_timeout' : '') +
        (before ? ', proven by a valid CHECK' : '');
      rows.push([shown, [...new Set(flags)].join(', ') || 'nothing', ...effects]);
    }
    fact('Migrations', {
      columns: ['migration', 'squawk flags', 'on the table', 'the running release', 'its prepared SELECT *'],
      rows,
    });
  },
});

/** Runs a script under this Node.js: its exit code and what it printed. */
function run(script: string, args: readonly string[]): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [script, ...args], (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(`${script} printed nothing. ${stderr}`));
      else resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout });
    });
  });
}

/** The SQLSTATE with which the server refuses some work, or undefined. */
async function refusal(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code !== undefined) return error.code;
    throw error;
  }
}
