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
    // #region queries
    const queries: Record<string, pg.QueryConfig> = {
      'SELECT *, named': { name: 'all', text: 'SELECT * FROM orders WHERE id = $1', values: [1] },
      'SELECT *, without a name': { text: 'SELECT * FROM orders WHERE id = $1', values: [1] },
      'columns listed, named': {
        name: 'two',
        text: 'SELECT id, total FROM orders WHERE id = $1',
        values: [1],
      },
      'INSERT … RETURNING *, named': {
        name: 'insert',
        text: 'INSERT INTO orders (id, total) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET total = 2 RETURNING *',
        values: [2],
      },
    };
    const outcome = async (query: pg.QueryConfig): Promise<string> => {
      try {
        await app.query(query);
        return 'ok';
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) throw error;
        return `${error.code ?? ''} ${error.message}`;
      }
    };
    const seen = new Map(Object.keys(queries).map((name) => [name, [] as string[]]));
    const all = async (): Promise<void> => {
      for (const [name, query] of Object.entries(queries)) seen.get(name)?.push(await outcome(query));
    };
    await all();
    await db.query('ALTER TABLE orders ADD COLUMN note text'); // in another session, as a migration does
    await all();
    await all(); // and the same connection again
    // #endregion queries
    fact('On one connection', {
      columns: ['statement', 'before', 'after ADD COLUMN', 'and again'],
      rows: [...seen].map(([name, outcomes]) => [name, ...outcomes]),
    });
    const fresh = (await db.session('App 2')).client;
    const { rows } = await fresh.query<Record<string, unknown>>(queries['SELECT *, named'] ?? '');
    fact('Columns of the named SELECT * on a new connection', Object.keys(rows[0] ?? {}));
  },
});
