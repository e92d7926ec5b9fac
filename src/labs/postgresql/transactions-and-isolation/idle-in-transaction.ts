import { lab, type Session } from '#labs/index.ts';

export default lab({
  title: 'One idle session stops a table',
  claim:
    'A session idle in transaction keeps its locks, so a migration queues behind it and every read behind the migration; it holds back vacuum only if it kept a snapshot or wrote.',
  engines: ['postgres'],
  async run({ postgres, fact, scene, until }) {
    const db = await postgres();
    await db.query(`
      CREATE EXTENSION pgstattuple;
      CREATE TABLE orders (id int PRIMARY KEY, state text NOT NULL);
      CREATE TABLE other (n int NOT NULL);
      INSERT INTO orders SELECT g, 'new' FROM generate_series(1, 1000) g;
      INSERT INTO other VALUES (0);
    `);
    const [api, migration, reader, operator] = await db.sessions('API', 'Migration', 'Reader', 'Operator');

    scene('A forgotten COMMIT, a migration, and everyone else');
    // #region queue
    await api.does('BEGIN');
    await api.does('SELECT state FROM orders WHERE id = 1', {
      note: 'Then the program waits for a slow HTTP call.',
    });
    const ddl = 'ALTER TABLE orders ADD COLUMN note text';
    const altering = await migration.waits(ddl, {
      note: 'The lock of that SELECT ends with its transaction.',
    });
    const query = 'SELECT state FROM orders WHERE id = 2';
    const reading = await reader.waits(query, {
      note: 'Lock requests queue: it waits for one that waits.',
    });
    // #endregion queue
    // #region head
    // The head of the queue: who blocks someone and waits for nobody.
    const head = await operator.does(`
      SELECT application_name, state FROM pg_stat_activity
      WHERE datname = current_database()
        AND cardinality(pg_blocking_pids(pid)) = 0
        AND pid IN (SELECT unnest(pg_blocking_pids(pid))
                    FROM pg_stat_activity)`);
    const end = 'SELECT pg_terminate_backend($1)';
    await operator.does(end, { params: [api.pid] });
    await altering.outcome('The idle session was ended; its lock is gone.');
    await reading.outcome();
    // #endregion head
    fact(
      'The head of the queue',
      `${String(head.rows[0]?.['application_name'])}, ${String(head.rows[0]?.['state'])}`,
    );

    scene('The same with lock_timeout: the migration gives up, readers pass');
    const api2 = await db.session('API');
    await api2.query('BEGIN; SELECT state FROM orders WHERE id = 1');
    await migration.does(`SET lock_timeout = '100ms'`);
    const gaveUp = await migration.does('ALTER TABLE orders ADD COLUMN note2 text', {
      note: 'Try again later, with jitter.',
    });
    await reader.does('SELECT state FROM orders WHERE id = 2');
    fact('SQLSTATE of the migration with lock_timeout', gaveUp.tag);
    await api2.end();

    // #region vacuum
    const rows = [];
    for (const [level, first] of [
      ['Read Committed', 'SELECT count(*) FROM orders'],
      ['Read Committed', 'UPDATE other SET n = n + 1'],
      ['Repeatable Read', 'SELECT 1'],
    ] as const) {
      await db.query('TRUNCATE orders');
      await db.query(`INSERT INTO orders SELECT g, 'new' FROM generate_series(1, 1000) g`);
      const idle = await db.session('API');
      await idle.query(`BEGIN ISOLATION LEVEL ${level}; ${first}`);
      const holds = await db.query<{ snapshot: boolean; xid: boolean }>(
        'SELECT backend_xmin IS NOT NULL AS snapshot, backend_xid IS NOT NULL AS xid FROM pg_stat_activity WHERE pid = $1',
        [idle.pid],
      );
      await db.query(`UPDATE orders SET state = 'paid'`);
      await db.query('VACUUM orders');
      const kept = await db.value<number>(`SELECT dead_tuple_count FROM pgstattuple('orders')`);
      rows.push([level, first, holds[0]?.snapshot ?? false, holds[0]?.xid ?? false, kept]);
      await idle.end();
    }
    fact('What an idle session holds, and what VACUUM keeps for it', {
      columns: ['level', 'did', 'snapshot', 'transaction id', 'dead rows kept, of 1,000'],
      rows,
    });
    // #endregion vacuum

    // #region timeouts
    const [idleTimeout, wholeTimeout] = [
      'idle_in_transaction_session_timeout',
      'transaction_timeout',
    ] as const;
    const defaults = [];
    for (const name of [idleTimeout, wholeTimeout, 'lock_timeout', 'deadlock_timeout']) {
      defaults.push([name, await db.value<string>(`SHOW ${name}`)]);
    }
    fact('Defaults', { columns: ['setting', 'default'], rows: defaults });
    fact('The idle timeout ends a session with', await endedBy(await db.session('API'), idleTimeout));
    fact('The transaction timeout ends a session with', await endedBy(await db.session('API'), wholeTimeout));

    /** Opens a transaction with this timeout set, does nothing, and gives the SQLSTATE by which the server ends the session. */
    async function endedBy(session: Session, setting: string): Promise<string> {
      let code: string | undefined;
      session.client.on('error', (error: Error & { code?: string }) => (code ??= error.code));
      await session.query(`SET ${setting} = '200ms'; BEGIN`);
      return until(`${setting} ends the session`, () => code);
    }
    // #endregion timeouts
  },
});
