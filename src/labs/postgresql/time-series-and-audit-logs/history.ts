import { lab } from '#labs/index.ts';
import { acting, installAudit } from './schema/install.ts';

export default lab({
  title: 'Reading history back',
  claim:
    'Entries stamped with now() put two changes of a row in the wrong order, clock_timestamp() under the row lock and the id do not; one row’s past is an index walk, a whole table’s past reads every entry before it.',
  engines: ['postgres'],
  async run({ postgres, fact, measure, holds, scene }) {
    const server = await postgres.instance();
    const db = await server.database();
    await installAudit(db);
    await db.query(`
      CREATE TABLE account (id int PRIMARY KEY, credit_limit int NOT NULL);
      CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON account FOR EACH ROW EXECUTE FUNCTION audit.capture('id');
      ALTER TABLE audit.entry ADD COLUMN began timestamptz NOT NULL DEFAULT now();
    `);
    const [seed, t1, t2] = await db.sessions('Seed', 'T1', 'T2');
    await acting(seed, 'seed', 'set-up', 'INSERT INTO account VALUES (1, 100)');

    scene('Two changes of one row');
    // #region order
    await t1.query(`SET audit.actor = 'ines'; SET audit.reason = 'CR-1'`);
    await t2.query(`SET audit.actor = 'omar'; SET audit.reason = 'CR-2'`);
    await t1.does('BEGIN');
    await t1.does('SELECT credit_limit FROM account WHERE id = 1', {
      note: 'now() is fixed for T1 from here on.',
    });
    await t2.does('BEGIN');
    await t2.does('UPDATE account SET credit_limit = 200 WHERE id = 1');
    await t2.does('COMMIT');
    await t1.does('UPDATE account SET credit_limit = 300 WHERE id = 1', {
      note: 'The later change, in the older transaction.',
    });
    await t1.does('COMMIT');
    const latestBy = (column: string): Promise<number> =>
      db.value<number>(
        `SELECT (after ->> 'credit_limit')::int FROM audit.entry ORDER BY ${column} DESC LIMIT 1`,
      );
    const latest: [string, number][] = [
      ['account itself', await db.value<number>('SELECT credit_limit FROM account')],
      ['entry with the latest now()', await latestBy('began')],
      ['entry with the latest clock_timestamp()', await latestBy('at')],
      ['entry with the highest id', await latestBy('id')],
    ];
    // #endregion order
    fact('The limit after both changes', { columns: ['according to', 'limit'], rows: latest });

    // 500 accounts with 40 versions each, one change every four seconds.
    await db.query(`
      INSERT INTO audit.entry (at, actor, reason, table_name, row_key, op, before, after)
      SELECT '2026-11-01'::timestamptz + (v * 500 + r) * interval '4 seconds', 'u-' || (r * v) % 37, 'CR-' || v, 'public.account', 'a' || r, 'update',
             jsonb_build_object('id', 'a' || r, 'credit_limit', 100 * (v - 1), 'phone', (v - 1) / 10), jsonb_build_object('id', 'a' || r, 'credit_limit', 100 * v, 'phone', v / 10)
      FROM generate_series(0, 39) v, generate_series(1, 500) r`);
    await db.query('VACUUM ANALYZE audit.entry');

    // #region asof
    const then = `'2026-11-01 12:00'`;
    const oneRow = `
      SELECT after FROM audit.entry
      WHERE table_name = 'public.account' AND row_key = 'a42' AND at <= ${then}
      ORDER BY id DESC LIMIT 1`;
    const wholeTable = `
      SELECT DISTINCT ON (row_key) row_key, after FROM audit.entry
      WHERE table_name = 'public.account' AND at <= ${then}
      ORDER BY row_key, id DESC`;
    const whoSetPhone = `
      SELECT actor, reason FROM audit.entry
      WHERE table_name = 'public.account' AND row_key = 'a42'
        AND before -> 'phone' IS DISTINCT FROM after -> 'phone'
      ORDER BY id`;
    // #endregion asof
    fact('Account a42 at noon', JSON.stringify(await db.value(oneRow)));
    const [row, table] = [await db.explain(oneRow), await db.explain(wholeTable)];
    const pages = (await db.value<number>(`SELECT pg_relation_size('audit.entry_now')`)) / 8192;
    const setters = await db.query<{ actor: string; reason: string }>(whoSetPhone);
    fact('Who set the phone of a42', setters.map(({ actor, reason }) => `${actor} for ${reason}`)); // prettier-ignore
    fact('Accounts in the whole table at noon', table.rows);
    fact('Entries read for them', await db.value<number>(`SELECT count(*) FROM audit.entry WHERE table_name = 'public.account' AND at <= ${then}`)); // prettier-ignore
    fact('How the planner finds one account at noon', row.nodes.at(-1) ?? '');
    measure('Pages read for one account at noon', row.buffers, 'pages');
    measure('Pages read for all 500 accounts at noon', table.buffers, 'pages');
    measure('Pages of the log', pages, 'pages');

    // #region periods
    await db.query(`
      CREATE EXTENSION btree_gist;
      CREATE TABLE account_period (
        id text, credit_limit int NOT NULL, valid tstzrange NOT NULL, PRIMARY KEY (id, valid WITHOUT OVERLAPS)
      );
      CREATE INDEX ON account_period USING gist (valid);
      INSERT INTO account_period
        SELECT row_key, (after ->> 'credit_limit')::int, tstzrange(at, lead(at) OVER (PARTITION BY row_key ORDER BY id))
        FROM audit.entry WHERE row_key LIKE 'a%';
    `);
    await db.query('VACUUM ANALYZE account_period');
    const periods = await db.explain(
      `SELECT id, credit_limit FROM account_period WHERE valid @> ${then}::timestamptz`,
    );
    const overlap = await db.outcome(
      `INSERT INTO account_period VALUES ('a42', 1, '[2026-11-01 12:00, 2026-11-01 12:01)')`,
    );
    // #endregion periods
    fact('SQLSTATE of a period that overlaps', overlap.tag);
    fact('Accounts valid at noon', periods.rows);
    measure('Pages read for all 500 accounts from periods', periods.buffers, 'pages');
    measure('Time for all 500 accounts at noon from the log', table.ms, 'ms');
    measure('Time for all 500 accounts at noon from periods', periods.ms, 'ms');
    holds('periods read fewer pages than the log', periods.buffers < table.buffers);
    holds('one account reads fewer than a tenth of the pages', row.buffers < table.buffers / 10);
  },
});
