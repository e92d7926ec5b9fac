import { lab } from '#labs/index.ts';

export default lab({
  title: 'A short lock_timeout never interrupts autovacuum',
  claim:
    'Autovacuum gives way to an ALTER only after deadlock_timeout, one second by default, so an ALTER that gives up earlier can retry for as long as the vacuum runs.',
  engines: ['postgres'],
  async run({ postgres, fact, until }) {
    // A slow autovacuum that starts at once, as it would run for an hour on a large table.
    const server = await postgres.instance({
      autovacuum: true,
      autovacuum_naptime: '1s',
      autovacuum_vacuum_cost_delay: '100ms',
      autovacuum_vacuum_cost_limit: 1,
    });
    const db = await server.database();
    await db.query(`
      CREATE TABLE orders (id int PRIMARY KEY, total int) WITH (fillfactor = 10);
      INSERT INTO orders SELECT g, g FROM generate_series(1, 20000) g;
      DELETE FROM orders WHERE id % 2 = 0;
    `);
    const migration = await db.session('Migration');
    const vacuums = (): Promise<boolean> =>
      db.value<boolean>(
        `SELECT EXISTS (SELECT FROM pg_stat_progress_vacuum WHERE relid = 'orders'::regclass)`,
      );
    const attempt = async (settings: string): Promise<string> => {
      await until('autovacuum works on the table', vacuums);
      await migration.query(`BEGIN; ${settings}`);
      const { tag } = await migration.does('ALTER TABLE orders ADD COLUMN note text', { note: settings });
      await migration.query('ROLLBACK');
      return tag;
    };

    // #region privilege
    await db.query('CREATE ROLE migrator');
    await migration.query('SET ROLE migrator');
    const set = `SET deadlock_timeout = '20ms'`;
    const refused = await migration.outcome(set);
    await db.query('GRANT SET ON PARAMETER deadlock_timeout TO migrator');
    const granted = await migration.outcome(set);
    await migration.query('RESET ROLE; RESET deadlock_timeout');
    // #endregion privilege
    fact('SET deadlock_timeout by a role that is no superuser', refused.tag);
    fact('and after GRANT SET ON PARAMETER', granted.tag);
    fact('Default of deadlock_timeout', await db.value<string>('SHOW deadlock_timeout'));
    // #region attempts
    const short = `SET LOCAL lock_timeout = '200ms'`;
    const outcomes = [
      ['lock_timeout 200 ms', await attempt(short)],
      ['lock_timeout 200 ms, again', await attempt(short)],
      [
        'lock_timeout 200 ms, deadlock_timeout 20 ms',
        await attempt(`${short}; SET LOCAL deadlock_timeout = '20ms'`),
      ],
    ];
    // #endregion attempts
    fact('ALTER TABLE while autovacuum runs', { columns: ['with', 'outcome'], rows: outcomes });
    const line = /canceling autovacuum task/;
    fact(
      'The server’s log',
      await until('the log names the cancelled vacuum', () => line.exec(server.log)?.[0]),
    );
  },
});
