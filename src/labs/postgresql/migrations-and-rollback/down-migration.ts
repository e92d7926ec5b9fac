import pg from 'pg';
import { lab } from '#labs/index.ts';

export default lab({
  title: 'A down migration brings the schema back, not the data',
  claim:
    'A down migration loses what was written since, and cannot bring back what the up dropped; a failed migration needs none when it ran in one transaction.',
  engines: ['postgres'],
  async run({ postgres, fact, scene }) {
    const db = await postgres();
    await db.query(`
      CREATE TABLE orders (id int PRIMARY KEY, total numeric(10, 2) NOT NULL, coupon text);
      INSERT INTO orders SELECT g, g, 'C' || g FROM generate_series(1, 1000) g;
    `);
    const [migration, app] = await db.sessions('Migration', 'App');
    const columns = async (): Promise<string> =>
      db.value<string>(
        `SELECT string_agg(column_name, ', ' ORDER BY column_name)
           FROM information_schema.columns WHERE table_name = 'orders'`,
      );

    scene('The up added, the down drops');
    // #region added
    const start = await columns();
    await migration.does('ALTER TABLE orders ADD COLUMN gift_note text', { note: 'Up, for release 2.' });
    const written = await app.does(`UPDATE orders SET gift_note = 'For you' WHERE id <= 30`, {
      note: 'Customers write.',
    });
    await migration.does('ALTER TABLE orders DROP COLUMN gift_note', {
      note: 'Down: release 2 has a fault in its prices.',
    });
    const backAgain = await columns();
    await migration.does('ALTER TABLE orders ADD COLUMN gift_note text', {
      note: 'Up again, with release 2.1.',
    });
    const kept = await app.does('SELECT count(gift_note) FROM orders');
    // #endregion added
    fact('Columns after the down are those before the up', start === backAgain);
    fact('What customers wrote', written.tag);
    fact('Notes after down and up', Number(kept.rows[0]?.['count']));

    scene('The up dropped, the down adds');
    // #region dropped
    await db.query('CREATE TABLE coupon_before_42 (id int, coupon text)');
    const copy = 'INSERT INTO coupon_before_42 SELECT id, coupon FROM orders';
    const copied = await migration.does(copy, {
      note: 'The insurance. No release writes the column any more.',
    });
    await migration.does('ALTER TABLE orders DROP COLUMN coupon', {
      note: 'Up.',
    });
    await migration.does('ALTER TABLE orders ADD COLUMN coupon text', {
      note: 'Down.',
    });
    const left = await app.does('SELECT count(coupon) FROM orders');
    await migration.does(`
      UPDATE orders SET coupon = old.coupon FROM coupon_before_42 old
       WHERE old.id = orders.id`);
    const restored = await app.does('SELECT count(coupon) FROM orders');
    // #endregion dropped
    fact('Coupons copied before the up', copied.tag);
    fact('Coupons after up and down', Number(left.rows[0]?.['count']));
    fact('Coupons restored from the copy', Number(restored.rows[0]?.['count']));

    scene('A drop that can be undone: rename first');
    // #region rename
    await db.query('CREATE VIEW receipt AS SELECT id, total FROM orders');
    await migration.does('ALTER TABLE orders RENAME total TO total_to_be_dropped');
    const direct = await codeOf(() => app.query('SELECT total FROM orders'));
    const view = await codeOf(() => app.query('SELECT total FROM receipt'));
    const drop = await codeOf(() => migration.query('ALTER TABLE orders DROP total_to_be_dropped'));
    await migration.does('ALTER TABLE orders RENAME total_to_be_dropped TO total', {
      note: 'Undone, with its data.',
    });
    const after = await codeOf(() => app.query('SELECT total FROM orders'));
    // #endregion rename
    fact('While the column is renamed', {
      columns: ['statement', 'outcome'],
      rows: [
        ['SELECT by the old name', direct],
        ['SELECT from a view on it', view],
        ['DROP of the column', drop],
      ],
    });
    fact('SELECT by the old name after renaming back', after);
    await db.query('DROP VIEW receipt');

    // #region half
    const file = [
      'ALTER TABLE orders ADD COLUMN net numeric',
      'ALTER TABLE orders ADD COLUMN tax numeric',
      'ALTER TABLE orders ADD CONSTRAINT dear CHECK (total > 5)', // four orders cost less
    ];
    const added = (): Promise<number> =>
      db.value<number>(
        `SELECT count(*) FROM information_schema.columns
          WHERE table_name = 'orders' AND column_name IN ('net', 'tax')`,
      );
    const run = async (transaction: boolean): Promise<string> => {
      if (transaction) await migration.query('BEGIN');
      const outcome = await codeOf(async () => {
        for (const statement of file) await migration.query(statement);
      });
      if (transaction) await migration.query('ROLLBACK');
      return outcome;
    };
    const halves = [
      ['in one transaction', await run(true), await added(), await run(true)],
      ['statement by statement', await run(false), await added(), await run(false)],
    ];
    // #endregion half
    fact('Three statements, of which the third is refused', {
      columns: ['the file runs', 'it ends with', 'columns left of 2', 'a second run ends with'],
      rows: halves,
    });
  },
});

/** `ok`, or the SQLSTATE with which the server refuses. */
async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'ok';
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code !== undefined) return error.code;
    throw error;
  }
}
