import pg from 'pg';
import { lab } from '#labs/index.ts';

export default lab({
  title: 'Adding a column breaks a prepared SELECT *',
  claim:
    'A named prepared statement that returns all columns fails with 0A000 after ADD COLUMN; one that lists its columns, or has no name, goes on.',
  engines: ['postgres'],
  async run({ postgres, fact }) {
    const db = await postgres();
    await db.query('CREATE TABLE orders (id int PRIMARY KEY, total int); INSERT INTO orders VALUES (1, 40)');
    const app = (await db.session('App')).client;
    const outcome = async (query?: pg.QueryConfig): Promise<string> => {
      try {
        await app.query(query ?? '');
        return 'ok';
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) throw error;
        return `${error.code ?? ''} ${error.message}`;
      }
    };
    // #region queries
    const byId = 'SELECT * FROM orders WHERE id = $1';
    const queries: Record<string, pg.QueryConfig> = {
      'SELECT *, named': { name: 'all', text: byId, values: [1] },
      'SELECT *, without a name': { text: byId, values: [1] },
      'columns listed, named': {
        name: 'two',
        text: 'SELECT id, total FROM orders WHERE id = $1',
        values: [1],
      },
      'UPDATE … RETURNING *, named': {
        name: 'update',
        text: 'UPDATE orders SET total = 2 WHERE id = $1 RETURNING *',
        values: [1],
      },
    };
    const rows = Object.keys(queries).map((statement) => [statement]);
    const all = async (): Promise<void> => {
      for (const row of rows) row.push(await outcome(queries[row[0] ?? '']));
    };
    await all();
    // In another session, as a migration does:
    await db.query('ALTER TABLE orders ADD COLUMN note text');
    await all();
    await all(); // the same connection again
    // #endregion queries
    fact('On one connection', {
      columns: ['statement', 'before', 'after ADD COLUMN', 'and again'],
      rows,
    });
    const fresh = (await db.session('App 2')).client;
    const { fields } = await fresh.query(queries['SELECT *, named'] ?? '');
    fact('Columns of the named SELECT * on a new connection', fields.map(({ name }) => name)); // prettier-ignore
  },
});
