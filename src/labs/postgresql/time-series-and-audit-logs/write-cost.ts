import { lab, type Point } from '#labs/index.ts';
import { installAudit } from './schema/install.ts';

const accounts = 5_000;
/** Short transactions of each kind; the kinds take turns, so that a slow moment of the disk hits all of them. */
const turns = 120;

export default lab({
  title: 'What auditing costs the write path',
  claim:
    'A row trigger multiplies both the log and the time of a bulk update; a short transaction, which mostly waits for its commit, feels it far less.',
  engines: ['postgres'],
  alone: true,
  async run({ postgres, fact, measure, holds, series }) {
    // Commits wait for the disk here, as in production; full pages in the log would blur the comparison.
    const server = await postgres.instance({ wal_level: 'logical', fsync: true, synchronous_commit: 'on' });
    const db = await server.database();
    await installAudit(db);
    await db.query(`
      CREATE TABLE account (
        id int PRIMARY KEY, holder text NOT NULL, street text NOT NULL, city text NOT NULL, country text NOT NULL,
        credit_limit int NOT NULL, currency text NOT NULL, opened timestamptz NOT NULL, note text NOT NULL
      ) WITH (fillfactor = 50);
      INSERT INTO account SELECT g, 'Holder ' || g, g || ' Harbour Road', 'Rotterdam', 'NL', 100, 'EUR', '2026-01-01', repeat('n', 60)
        FROM generate_series(1, ${accounts}) g;
      CREATE TABLE app_entry (LIKE audit.entry INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES);
    `);
    // #region variants
    await db.query(`
      /* Only the columns that changed. */
      CREATE FUNCTION audit.capture_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      DECLARE
        was jsonb := to_jsonb(OLD); becomes jsonb := to_jsonb(NEW); old_part jsonb; new_part jsonb;
      BEGIN
        SELECT jsonb_object_agg(key, was -> key), jsonb_object_agg(key, value) INTO old_part, new_part
          FROM jsonb_each(becomes) WHERE value IS DISTINCT FROM was -> key;
        INSERT INTO audit.entry (actor, reason, table_name, row_key, op, before, after)
        VALUES (current_setting('audit.actor'), current_setting('audit.reason'), 'public.account', NEW.id::text, 'update', old_part, new_part);
        RETURN NULL;
      END $$;
      /* All rows of a statement at once, from its transition tables. */
      CREATE FUNCTION audit.capture_statement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        INSERT INTO audit.entry (actor, reason, table_name, row_key, op, before, after)
        SELECT current_setting('audit.actor'), current_setting('audit.reason'), 'public.account', n.id::text, 'update', to_jsonb(o), to_jsonb(n)
          FROM was o JOIN becomes n USING (id);
        RETURN NULL;
      END $$;
    `);
    const trigger = (rest: string): string => `CREATE TRIGGER audited AFTER UPDATE ${rest}`;
    const variants: Record<string, string> = {
      'no audit': '',
      'row trigger, whole rows': trigger(`ON account FOR EACH ROW EXECUTE FUNCTION audit.capture('id')`),
      'row trigger, changed columns': trigger(
        'ON account FOR EACH ROW EXECUTE FUNCTION audit.capture_changed()',
      ),
      'statement trigger, whole rows': trigger(
        'ON account REFERENCING OLD TABLE AS was NEW TABLE AS becomes FOR EACH STATEMENT EXECUTE FUNCTION audit.capture_statement()',
      ),
      'logical decoding, REPLICA IDENTITY FULL': 'ALTER TABLE account REPLICA IDENTITY FULL',
    };
    // #endregion variants
    const client = await db.session('client');
    await client.query(`SET audit.actor = 'u-17'; SET audit.reason = 'CR-1'`);
    const install = async (variant: string): Promise<void> => {
      await db.query(
        'DROP TRIGGER IF EXISTS audited ON account; ALTER TABLE account REPLICA IDENTITY DEFAULT',
      );
      const ddl = variants[variant];
      if (ddl) await db.query(ddl);
    };
    const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1] ?? 0;

    // #region bulk
    const entries = (): Promise<number> => db.value<number>('SELECT count(*) FROM audit.entry');
    const bulk: Record<string, { micros: number; wal: number; entries: number }> = {};
    for (const variant of Object.keys(variants)) {
      await install(variant);
      const micros: number[] = [];
      const [count, from] = [await entries(), await db.value<string>('SELECT pg_current_wal_insert_lsn()')];
      for (let round = 0; round < 3; round++) {
        const started = performance.now();
        await client.query('UPDATE account SET credit_limit = credit_limit + 1');
        micros.push(((performance.now() - started) * 1000) / accounts);
      }
      const wal = await db.value<number>('SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1)::bigint', [
        from,
      ]);
      bulk[variant] = {
        micros: median(micros),
        wal: wal / accounts / 3,
        entries: ((await entries()) - count) / 3,
      };
      await db.query('VACUUM account');
    }
    // #endregion bulk

    await install('no audit');
    for (const table of ['plain', 'audited', 'by_app']) {
      await db.query(
        `CREATE TABLE ${table} (LIKE account INCLUDING ALL); INSERT INTO ${table} SELECT * FROM account`,
      );
    }
    await db.query(
      `CREATE TRIGGER audited AFTER UPDATE ON audited FOR EACH ROW EXECUTE FUNCTION audit.capture('id')`,
    );
    // #region single
    const update = (table: string, id: number): Promise<unknown> => {
      const set = `UPDATE ${table} SET credit_limit = credit_limit + 1`;
      return client.query(`${set} WHERE id = $1`, [id]);
    };
    const entry = `
      INSERT INTO app_entry (actor, reason, table_name, row_key, op, before, after)
      VALUES ('u-17', 'CR-1', 'public.by_app', $1, 'update',
              '{"credit_limit": 100}', '{"credit_limit": 101}')`;
    const requests: Record<string, (id: number) => Promise<unknown>> = {
      'no audit': (id) => update('plain', id),
      'row trigger': (id) => update('audited', id),
      'the application inserts the entry': async (id) => {
        await client.query('BEGIN');
        await update('by_app', id);
        await client.query(entry, [id]);
        await client.query('COMMIT');
      },
    };
    const times: Record<string, number[]> = {};
    for (let turn = 1; turn <= turns; turn++) {
      for (const [name, request] of Object.entries(requests)) {
        const started = performance.now();
        await request(turn * 31);
        (times[name] ??= []).push(performance.now() - started);
      }
    }
    // #endregion single

    fact('Entries written by one bulk UPDATE of 5,000 rows', {
      columns: ['captured by', 'entries'],
      rows: Object.entries(bulk).map(([variant, result]) => [variant, result.entries]),
    });
    const bars = (value: (result: { micros: number; wal: number }) => number): Point[] =>
      Object.entries(bulk).map(([variant, result]) => [variant, value(result)]);
    series('Write-ahead log per row changed', {
      x: 'captured by',
      y: 'log',
      unit: 'bytes',
      points: bars(({ wal }) => wal),
    });
    series('Time per row in a bulk UPDATE', {
      x: 'captured by',
      y: 'time',
      unit: 'µs',
      points: bars(({ micros }) => micros),
    });
    const of = (variant: string): { micros: number; wal: number } =>
      bulk[variant] ?? { micros: NaN, wal: NaN };
    for (const variant of [
      'no audit',
      'row trigger, whole rows',
      'row trigger, changed columns',
      'statement trigger, whole rows',
    ]) {
      measure(`Time per row, ${variant}`, of(variant).micros, 'µs');
    }
    for (const variant of Object.keys(bulk)) measure(`Log per row, ${variant}`, of(variant).wal, 'bytes');
    for (const [name, list] of Object.entries(times))
      measure(`Short transaction, ${name}`, median(list), 'ms');
    holds(
      'a row trigger with whole rows more than triples the log',
      of('row trigger, whole rows').wal > 3 * of('no audit').wal,
    );
    holds(
      'changed columns take a third of that off',
      of('row trigger, changed columns').wal < 0.7 * of('row trigger, whole rows').wal,
    );
    holds(
      'a row trigger more than triples the time of a bulk UPDATE',
      of('row trigger, whole rows').micros > 3 * of('no audit').micros,
    );
    const slower = (list: Record<string, number[]>): number =>
      median(list['row trigger'] ?? []) / median(list['no audit'] ?? [1]);
    holds(
      'it slows a bulk UPDATE more than twice as much as a short transaction',
      of('row trigger, whole rows').micros / of('no audit').micros > 2 * slower(times),
    );
    holds(
      'REPLICA IDENTITY FULL costs less log than any trigger',
      of('logical decoding, REPLICA IDENTITY FULL').wal < of('row trigger, changed columns').wal,
    );
  },
});
