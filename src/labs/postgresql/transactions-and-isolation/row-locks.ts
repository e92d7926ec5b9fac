import { lab } from '#labs/index.ts';

const modes = ['FOR KEY SHARE', 'FOR SHARE', 'FOR NO KEY UPDATE', 'FOR UPDATE'] as const;

export default lab({
  title: 'Row and advisory locks: who waits for whom',
  claim:
    'Row locks let readers through, and an ordinary UPDATE lets foreign keys through; SKIP LOCKED makes a queue without waiting; an advisory lock of the session outlives COMMIT.',
  engines: ['postgres'],
  async run({ postgres, fact, scene }) {
    const db = await postgres();
    await db.query(`
      CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL);
      CREATE TABLE payment (id int GENERATED ALWAYS AS IDENTITY, account int REFERENCES account);
      CREATE TABLE job (id int PRIMARY KEY, done_by text);
      INSERT INTO account VALUES (1, 100);
      INSERT INTO job SELECT g, NULL FROM generate_series(1, 10) g;
    `);
    const [t1, t2] = await db.sessions('T1', 'T2');

    /** T2's outcome while T1 holds what `held` took; lock_timeout ends the wait. */
    const during = async (held: string, asked: string): Promise<'passes' | 'waits'> => {
      await t1.query(`BEGIN; ${held}`);
      await t2.query(`BEGIN; SET LOCAL lock_timeout = '100ms'`);
      const { code } = await t2.outcome(asked);
      await t2.query('ROLLBACK');
      await t1.query('ROLLBACK');
      return code === '55P03' ? 'waits' : 'passes';
    };

    // #region conflicts
    const lock = (mode: string): string => `
      SELECT 1 FROM account WHERE id = 1 ${mode}`;
    const rows: string[][] = [];
    for (const held of modes) {
      const row: string[] = [held];
      for (const asked of [...modes, '']) {
        row.push(await during(lock(held), lock(asked)));
      }
      rows.push(row);
    }
    const columns = ['held', ...modes, 'plain SELECT'];
    fact('Asked while another transaction holds', { columns, rows });
    // #endregion conflicts

    const child = 'INSERT INTO payment (account) VALUES (1)';
    fact('INSERT of a child row while the parent row is held', {
      columns: ['held on the parent', 'child INSERT'],
      rows: [
        ['UPDATE account SET balance = 0', await during('UPDATE account SET balance = 0', child)],
        ['SELECT … FOR NO KEY UPDATE', await during(lock('FOR NO KEY UPDATE'), child)],
        ['SELECT … FOR UPDATE', await during(lock('FOR UPDATE'), child)],
      ],
    });

    scene('SKIP LOCKED: the second worker takes the next job');
    // #region skip
    const next = 'SELECT id FROM job WHERE done_by IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED';
    await t1.does('BEGIN');
    await t2.does('BEGIN');
    await t1.does(next);
    await t2.does(next, { note: 'Job 1 is locked, so it is passed over without waiting.' });
    await t2.does(`UPDATE job SET done_by = 'T2' WHERE id = 2`);
    await t2.does('COMMIT');
    await t1.does('ROLLBACK', { note: 'A worker that dies gives its job back.' });
    await t2.does('BEGIN');
    const returned = await t2.does(next);
    await t2.does('COMMIT');
    // #endregion skip
    fact('Job that is free again after the worker died', returned.rows[0]?.['id'] as number);

    // #region advisory
    const key = 16;
    const free = (): Promise<boolean> => t2.value<boolean>(`SELECT pg_try_advisory_xact_lock(${key})`);
    const advisory = [];
    for (const take of ['pg_advisory_lock', 'pg_advisory_xact_lock']) {
      await t1.query(`BEGIN; SELECT ${take}(${key})`);
      const inside = await free();
      await t1.query('COMMIT');
      const after = await free();
      const released = await t2.value<boolean>(`SELECT pg_advisory_unlock(${key})`);
      advisory.push([take, inside, after, released]);
      await t1.query('SELECT pg_advisory_unlock_all()');
    }
    // #endregion advisory
    fact('Advisory locks, asked for by another connection', {
      columns: [
        'taken by',
        'free before COMMIT',
        'free after COMMIT',
        'can be released by the other connection',
      ],
      rows: advisory,
    });
  },
});
