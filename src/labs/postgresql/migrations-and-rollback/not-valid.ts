import { lab } from '#labs/index.ts';

export default lab({
  title: 'A constraint in two steps',
  claim:
    'NOT VALID guards new and changed rows at once; VALIDATE checks the old ones beside running writers, and then SET NOT NULL reads nothing.',
  engines: ['postgres'],
  async run({ postgres, fact, measure, scene }) {
    const db = await postgres();
    const rows = 300_000;
    await db.query(`
      CREATE TABLE orders (id int PRIMARY KEY, email text, total int);
      INSERT INTO orders SELECT g, 'c' || g || '@example.org', g FROM generate_series(1, ${rows}) g;
      UPDATE orders SET email = NULL WHERE id = 7;
    `);
    const [migration, app] = await db.sessions('Migration', 'App');

    scene('Guard the new, mend the old, then validate');
    // #region steps
    await migration.does(`
      ALTER TABLE orders ADD CONSTRAINT email_set
        CHECK (email IS NOT NULL) NOT VALID`);
    const insert = await app.does('INSERT INTO orders VALUES (0, NULL, 10)', {
      note: 'New rows are checked from this moment on.',
    });
    const touch = await app.does('UPDATE orders SET total = 0 WHERE id = 7', {
      note: 'It leaves email alone, but its new row breaks the rule.',
    });
    const validate = 'ALTER TABLE orders VALIDATE CONSTRAINT email_set';
    const early = await migration.does(validate, {
      note: 'The old row is found. The rule for new rows stays.',
    });
    const mend = `UPDATE orders SET email = 'unknown' WHERE email IS NULL`;
    await migration.does(mend, { note: 'In batches, if there are many.' });
    await migration.does('BEGIN');
    await migration.does(validate);
    const beside = await app.does('UPDATE orders SET total = 0 WHERE id = 7', {
      note: 'A writer passes while the validation holds its lock.',
    });
    await migration.does('COMMIT');
    await migration.does('ALTER TABLE orders ALTER email SET NOT NULL', {
      note: 'Proven by the constraint: no row is read.',
    });
    await migration.does('ALTER TABLE orders DROP CONSTRAINT email_set');
    // #endregion steps
    fact('Outcome of each', {
      columns: ['statement', 'outcome'],
      rows: [
        ['INSERT of a new bad row after NOT VALID', insert.tag],
        ['UPDATE of another column of the old bad row', touch.tag],
        ['VALIDATE while the old bad row is there', early.tag],
        ['UPDATE while VALIDATE holds its lock', beside.tag],
      ],
    });

    scene('PostgreSQL 18: NOT NULL itself can be NOT VALID');
    await db.query('ALTER TABLE orders ALTER email DROP NOT NULL');
    // #region eighteen
    await migration.does('ALTER TABLE orders ADD CONSTRAINT email_not_null NOT NULL email NOT VALID');
    const refused = await app.does('INSERT INTO orders VALUES (0, NULL, 10)');
    await migration.does('ALTER TABLE orders VALIDATE CONSTRAINT email_not_null');
    // #endregion eighteen
    fact('INSERT of a NULL under NOT NULL NOT VALID', refused.tag);
    fact('Validated at the end', await db.value<boolean>(
      `SELECT convalidated FROM pg_constraint WHERE conname = 'email_not_null'`,
    )); // prettier-ignore

    // #region kinds
    await db.query(`
      CREATE TABLE customer (id int PRIMARY KEY);
      CREATE TABLE invoice (customer int, note text, total int);
      INSERT INTO invoice VALUES (7, NULL, 0)`);
    const outcomes: string[][] = [];
    for (const [kind, rule, own] of [
      ['CHECK', 'CHECK (customer > 7)', 'customer = 6'],
      ['NOT NULL', 'NOT NULL note', 'note = NULL'],
      ['FOREIGN KEY', 'FOREIGN KEY (customer) REFERENCES customer', 'customer = 6'],
    ] as const) {
      await db.query(`ALTER TABLE invoice ADD CONSTRAINT rule ${rule} NOT VALID`);
      const other = await app.outcome('UPDATE invoice SET total = total + 1');
      outcomes.push([kind, other.tag, (await app.outcome(`UPDATE invoice SET ${own}`)).tag]);
      await db.query('ALTER TABLE invoice DROP CONSTRAINT rule');
    }
    // #endregion kinds
    fact('UPDATE of an old row that breaks a NOT VALID', {
      columns: ['kind', 'another column', 'its own column'],
      rows: outcomes,
    });

    // #region cost
    /** Runs a statement in a transaction of its own: its time, and the rows of the table that it read. */
    const cost = async (sql: string): Promise<{ ms: number; read: number }> => {
      const read = `SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'orders'`;
      await migration.query('BEGIN');
      const before = await migration.value<number>(read);
      const start = performance.now();
      await migration.query(sql);
      const ms = performance.now() - start;
      const after = await migration.value<number>(read);
      await migration.query('COMMIT');
      return { ms, read: after - before };
    };
    // #endregion cost
    await db.query('ALTER TABLE orders ALTER email DROP NOT NULL');
    const direct = await cost('ALTER TABLE orders ALTER email SET NOT NULL');
    await db.query('ALTER TABLE orders ALTER email DROP NOT NULL');
    const added = await cost('ALTER TABLE orders ADD CONSTRAINT c CHECK (email IS NOT NULL) NOT VALID');
    const validated = await cost('ALTER TABLE orders VALIDATE CONSTRAINT c');
    const proven = await cost('ALTER TABLE orders ALTER email SET NOT NULL');
    fact('Rows read, of 300,000', {
      columns: ['statement', 'rows read'],
      rows: [
        ['SET NOT NULL at once', direct.read],
        ['ADD CHECK NOT VALID', added.read],
        ['VALIDATE', validated.read],
        ['SET NOT NULL afterwards', proven.read],
      ],
    });
    measure('SET NOT NULL at once', direct.ms, 'ms');
    measure('ADD CHECK NOT VALID', added.ms, 'ms');
    measure('VALIDATE', validated.ms, 'ms');
    measure('SET NOT NULL afterwards', proven.ms, 'ms');
  },
});
