import { lab } from '#labs/index.ts';
import { acting, installAudit } from './schema/install.ts';

export default lab({
  title: 'What each way of capturing sees',
  claim:
    'Application code misses what goes past it and logs what never happened; a trigger sees every row change with who and why, except TRUNCATE, ALTER … USING and what happens while it is switched off; logical decoding sees the last too, but not who.',
  engines: ['postgres'],
  async run({ postgres, fact, until }) {
    const server = await postgres.instance({ wal_level: 'logical' });
    const db = await server.database();
    await installAudit(db);
    await db.query(`
      CREATE TABLE account (id int PRIMARY KEY, credit_limit int NOT NULL);
      CREATE TABLE card (id int PRIMARY KEY, account_id int NOT NULL REFERENCES account ON DELETE CASCADE);
      CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON account FOR EACH ROW EXECUTE FUNCTION audit.capture('id');
      CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON card FOR EACH ROW EXECUTE FUNCTION audit.capture('id');
      CREATE TABLE app_audit (id int GENERATED ALWAYS AS IDENTITY, line text NOT NULL);
      GRANT ALL ON account, card, app_audit TO app;
    `);
    const session = await db.session('session');
    const seed = `INSERT INTO account SELECT g, 100 FROM generate_series(1, 5) g; INSERT INTO card VALUES (1, 3), (2, 3)`;
    await acting(session, 'seed', 'set-up', seed);
    await db.query(`SELECT pg_create_logical_replication_slot('audit', 'test_decoding')`);

    // #region paths
    const logFile: string[] = [];
    /** The application audits by itself: a row in its transaction, a line in its log. */
    const inApplication = async (statement: string, end: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
      await session.query('BEGIN');
      await session.query(
        `SELECT set_config('audit.actor', 'u-17', true), set_config('audit.reason', 'CR-1', true)`,
      );
      await session.query(statement);
      await session.query('INSERT INTO app_audit (line) VALUES ($1)', [statement]);
      logFile.push(statement);
      await session.query(end);
    };
    const byHand = (statement: string): Promise<void> => acting(session, 'dba-3', 'INC-88', statement);
    const changes: [what: string, rows: number, make: () => Promise<unknown>][] = [
      ['request', 1, () => inApplication('UPDATE account SET credit_limit = 200 WHERE id = 1', 'COMMIT')],
      ['request that rolls back', 0, () => inApplication('UPDATE account SET credit_limit = 9 WHERE id = 1', 'ROLLBACK')],
      ['fix by hand in psql', 1, () => byHand('UPDATE account SET credit_limit = 300 WHERE id = 2')],
      ['DELETE with cascade', 3, () => inApplication('DELETE FROM account WHERE id = 3', 'COMMIT')],
      ['job with triggers off', 1, () => byHand(`SET LOCAL session_replication_role = replica; UPDATE account SET credit_limit = 400 WHERE id = 4`)],
      ['the same, ENABLE ALWAYS', 1, () => byHand(`ALTER TABLE account ENABLE ALWAYS TRIGGER audited; SET LOCAL session_replication_role = replica; UPDATE account SET credit_limit = 500 WHERE id = 5`)],
      ['owner disables the trigger', 1, () => byHand(`ALTER TABLE account DISABLE TRIGGER audited; UPDATE account SET credit_limit = 600 WHERE id = 5; ALTER TABLE account ENABLE ALWAYS TRIGGER audited`)],
      ['ALTER … TYPE … USING', 4, () => byHand('ALTER TABLE account ALTER credit_limit TYPE int USING 700')],
      ['TRUNCATE of 4 accounts', 4, () => byHand('TRUNCATE account CASCADE')],
    ]; // prettier-ignore
    // #endregion paths

    // #region counting
    const counts = async (): Promise<number[]> => [
      await db.value<number>('SELECT count(*) FROM app_audit'),
      logFile.length,
      await db.value<number>('SELECT count(*) FROM audit.entry'),
    ];
    /** Row changes of business tables that reach a reader of the write-ahead log, and table truncations. */
    const decoded = async (): Promise<string> => {
      const lines = await db.query<{ data: string }>(
        `SELECT data FROM pg_logical_slot_get_changes('audit', NULL, NULL)`,
      );
      const seen = lines.filter(({ data }) => /^table public\.(account|card)/.test(data));
      const truncations = seen.filter(({ data }) => data.includes('TRUNCATE')).length;
      return truncations ? 'only the TRUNCATE' : String(seen.length);
    };
    // #endregion counting
    const rows = [];
    for (const [what, changed, make] of changes) {
      const before = await counts();
      await make();
      const after = await counts();
      rows.push([
        what,
        changed,
        ...after.map((count, index) => count - (before[index] ?? 0)),
        await decoded(),
      ]);
    }
    fact('Entries by each path', {
      columns: ['change', 'rows changed', 'app, in transaction', 'app log', 'trigger', 'decoding'],
      rows,
    });

    // #region equal
    await db.query(`
      CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      CREATE TABLE contact (id int PRIMARY KEY, name text COLLATE caseless, form json);
      CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON contact FOR EACH ROW EXECUTE FUNCTION audit.capture('id');
    `);
    await acting(session, 'u-17', 'CR-1', `INSERT INTO contact VALUES (1, 'Ann', '{}')`);
    const entriesOf = async (set: string): Promise<number> => {
      const count = `SELECT count(*) FROM audit.entry`;
      const before = await db.value<number>(count);
      await acting(session, 'u-17', 'CR-1', `UPDATE contact SET ${set}`);
      return (await db.value<number>(count)) - before;
    };
    // #endregion equal
    fact('Entries of an UPDATE', {
      columns: ['UPDATE', 'entries'],
      rows: [
        ['changes nothing', await entriesOf('name = name, form = form')],
        ['‘Ann’ to ‘ANN’, equal by collation', await entriesOf(`name = 'ANN'`)],
        ['json, which has no =', await entriesOf(`form = '[]'`)],
      ],
    });

    // #region decoding
    const changed = async (identity: string, ...first: string[]): Promise<string[]> => {
      await db.query(`ALTER TABLE account REPLICA IDENTITY ${identity}`);
      await acting(
        session,
        'u-17',
        'CR-2',
        ...first,
        'UPDATE account SET credit_limit = credit_limit + 1 WHERE id = 9',
      );
      const lines = await db.query<{ data: string }>(
        `SELECT data FROM pg_logical_slot_get_changes('audit', NULL, NULL)`,
      );
      return lines.map(({ data }) => data).filter((line) => /^(table public\.account|message)/.test(line));
    };
    await acting(session, 'seed', 'set-up', 'INSERT INTO account VALUES (9, 100)');
    await changed('DEFAULT');
    const plain = await changed('DEFAULT');
    const full = await changed('FULL');
    const told = await changed('FULL', `SELECT pg_logical_emit_message(true, 'audit', 'u-17 CR-2')`);
    // #endregion decoding
    fact('What the reader of the log gets', {
      columns: ['set-up', 'decoded'],
      rows: [
        ['default', plain.join('\n')],
        ['REPLICA IDENTITY FULL', full.join('\n')],
        ['and pg_logical_emit_message', told.join('\n')],
      ],
    });

    // #region pool
    // Two requests on one pooled connection; the second does not say who it is.
    const pooled = await db.session('pooled');
    const second = 'UPDATE account SET credit_limit = credit_limit + 1';

    // The first request is Ines, for the session:
    await pooled.query(`SET audit.actor = 'Ines'; SET audit.reason = 'CR-3'`);
    await pooled.query(second);
    const leaked = await db.value<string>(`
      SELECT actor FROM audit.entry ORDER BY id DESC LIMIT 1`);
    await pooled.query('RESET audit.actor; RESET audit.reason');

    // The first request is Ines, for the transaction, by set_config(…, true):
    await acting(pooled, 'Ines', 'CR-3', 'SELECT 1');
    const left = await pooled.value<string | null>(`
      SELECT current_setting('audit.actor', true)`);
    const { tag } = await pooled.outcome(second);
    // #endregion pool
    fact('Who made the second request’s change, after SET', leaked);
    fact('What set_config(…, true) leaves behind', left === '' ? 'an empty string' : String(left));
    fact('The second request, after set_config(…, true)', tag);

    await db.query(`
      CREATE TABLE policy (id int PRIMARY KEY, premium int NOT NULL, since timestamptz NOT NULL DEFAULT '2026-01-01');
      CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON policy FOR EACH ROW EXECUTE FUNCTION audit.capture('id');
      ALTER TABLE policy ENABLE ALWAYS TRIGGER audited;
    `);
    // #region checks
    const brokenLinks = `
      SELECT reason FROM (
        SELECT *, lag(after) OVER (PARTITION BY row_key ORDER BY id) AS expected
        FROM audit.entry WHERE table_name = 'public.policy'
      ) entry WHERE audit.differs(expected, before)`;
    const liveRows = `
      SELECT row_key FROM (
        SELECT DISTINCT ON (row_key) row_key, after FROM audit.entry
        WHERE table_name = 'public.policy' ORDER BY row_key, id DESC
      ) last FULL JOIN policy p ON p.id::text = row_key
      WHERE audit.differs(after, to_jsonb(p)) ORDER BY 1`;
    const silently = `ALTER TABLE policy DISABLE TRIGGER audited;
      UPDATE policy SET premium = 77 WHERE id = 1; DELETE FROM policy WHERE id = 2;
      ALTER TABLE policy ENABLE ALWAYS TRIGGER audited`;
    const raise = 'UPDATE policy SET premium = premium + 1 WHERE id = 1';
    // #endregion checks
    const found: string[][] = [];
    const check = async (moment: string): Promise<void> => {
      const links = await db.query<{ reason: string }>(brokenLinks);
      const rows = await db.query<{ row_key: string }>(`SET timezone = 'UTC'; ${liveRows}`);
      found.push([
        moment,
        links.map(({ reason }) => reason).join(', ') || 'none',
        rows.map(({ row_key }) => row_key).join(', ') || 'none',
      ]);
    };
    await acting(
      session,
      'u-17',
      'CR-4',
      'INSERT INTO policy (id, premium) VALUES (1, 50), (2, 50), (3, 50)',
    );
    await acting(session, 'u-17', 'CR-5', `SET LOCAL timezone = 'Asia/Tokyo'; ${raise}`);
    await db.query(`ALTER TABLE policy ADD COLUMN note text NOT NULL DEFAULT ''`);
    await acting(session, 'u-17', 'CR-6', raise);
    await check('audited changes, one from Tokyo, and a migration');
    await db.query(silently);
    await check('a silent UPDATE of row 1 and DELETE of row 2');
    await acting(session, 'u-17', 'CR-7', raise);
    await check('an audited UPDATE of row 1 afterwards');
    await db.query('ALTER TABLE policy ALTER since TYPE date USING since::date');
    await check('ALTER since TYPE date');
    // #region retyped
    await db.query(`
      INSERT INTO audit.entry (actor, reason, table_name, row_key, op, before, after)
      SELECT DISTINCT ON (row_key) 'dba-3', 'MIG-9', table_name, row_key, 'retype', after, to_jsonb(p)
      FROM audit.entry JOIN policy p ON p.id::text = row_key
      WHERE table_name = 'public.policy' ORDER BY row_key, entry.id DESC`);
    // #endregion retyped
    await acting(session, 'u-17', 'CR-8', raise);
    await check('an entry for each row from old to new image');
    await acting(session, 'u-17', 'CR-9', 'UPDATE policy SET id = 4 WHERE id = 3');
    await check('an audited change of key 3 to 4');
    fact('What the nightly checks find', {
      columns: [
        'after',
        'entries whose before is not the previous after',
        'live rows unlike their last entry',
      ],
      rows: found,
    });

    // #region order
    await db.query('ALTER TABLE audit.entry ADD COLUMN began timestamptz NOT NULL DEFAULT now()');
    const [t1, t2] = await db.sessions('T1', 'T2');
    for (const who of [t1, t2]) await who.query(`SET audit.actor = 'u-17'; SET audit.reason = 'CR-10'`);
    await t1.query('BEGIN; SELECT now()');
    await t2.query('UPDATE policy SET premium = 200 WHERE id = 1');
    await t1.query('UPDATE policy SET premium = 300 WHERE id = 1; COMMIT');
    const latestBy = (column: string): Promise<number> =>
      db.value<number>(`SELECT (after ->> 'premium')::int FROM audit.entry ORDER BY ${column} DESC LIMIT 1`);
    // #endregion order
    fact('Premium after 200, then 300 in an older transaction', {
      columns: ['latest now()', 'latest clock_timestamp()', 'highest id'],
      rows: [[await latestBy('began'), await latestBy('at'), await latestBy('id')]],
    });

    // #region locks
    const lockOf = async (ddl: string): Promise<string> => {
      await session.query(`BEGIN; ${ddl}`);
      const held = await session.query<{ mode: string }>(`
        SELECT mode FROM pg_locks WHERE pid = pg_backend_pid()
        AND relation = 'policy'::regclass AND mode LIKE '%Exclusive%'`);
      await session.query('ROLLBACK');
      return held.map(({ mode }) => mode).join();
    };
    // #endregion locks
    const add = `CREATE TRIGGER other AFTER INSERT ON policy FOR EACH ROW EXECUTE FUNCTION audit.capture('id')`;
    fact('Locks on the table', {
      columns: ['statement', 'lock'],
      rows: [
        ['CREATE TRIGGER', await lockOf(add)],
        ['DISABLE TRIGGER', await lockOf('ALTER TABLE policy DISABLE TRIGGER audited')],
        ['DROP TRIGGER', await lockOf('DROP TRIGGER audited ON policy')],
      ],
    });

    // #region subscriber
    // Another server with the same schema, as in an upgrade by logical replication.
    const next = await postgres.instance({ log_line_prefix: '%b %e ', wal_retrieve_retry_interval: '100ms' });
    const target = await next.database();
    await installAudit(target);
    for (const each of [db, target]) {
      await each.query(`CREATE TABLE ledger (id int PRIMARY KEY);
        CREATE TRIGGER audited AFTER INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION audit.capture('id');
        ALTER TABLE ledger ENABLE ALWAYS TRIGGER audited`);
    }
    await db.query('CREATE PUBLICATION upgrade FOR TABLE ledger');
    await target.query(`CREATE SUBSCRIPTION upgrade CONNECTION '${db.conninfo}' PUBLICATION upgrade`);
    await until('the table follows', () => target.value(`SELECT srsubstate = 'r' FROM pg_subscription_rel`));
    await acting(session, 'u-17', 'CR-11', 'INSERT INTO ledger VALUES (1)');
    const failure = /apply worker (\w{5}) ERROR/;
    await until('its worker fails', () => Promise.resolve(failure.test(next.log)));
    const arrived = (): Promise<number> => target.value<number>('SELECT count(*) FROM ledger');
    const always = await arrived();
    await target.query('ALTER TABLE ledger ENABLE TRIGGER audited');
    await until('the row arrives', arrived);
    // #endregion subscriber
    fact('A row replicated to a subscriber with the same trigger', {
      columns: ['trigger there', 'rows', 'its worker'],
      rows: [
        ['ENABLE ALWAYS', always, failure.exec(next.log)?.[1] ?? 'runs'],
        ['ENABLE', await arrived(), 'runs'],
      ],
    });
  },
});
