import { lab } from '#labs/index.ts';

const modes = ['FOR KEY SHARE', 'FOR SHARE', 'FOR NO KEY UPDATE', 'FOR UPDATE'] as const;

export default lab({
  title: 'Row locks: who waits for whom',
  claim:
    'Four strengths of row lock let readers through, let foreign keys through an ordinary UPDATE, and with SKIP LOCKED make a queue without waiting.',
  engines: ['postgres'],
  async run({ postgres, fact, scene }) {
    const db = await postgres();
    await db.query(`
      CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL);
      CREATE TABLE payment (id int GENERATED ALWAYS AS IDENTITY, account int REFERENCES account);
      CREATE TABLE job (id int PRIMARY KEY, done_by text);
      INSERT INTO account VALUES (1, 100);
      INSERT INTO job SELECT g, NULL FROM generate_series(1, 200) g;
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

    await db.query('UPDATE job SET done_by = NULL');
    const workers = await db.sessions('W1', 'W2', 'W3', 'W4');
    const taken = await Promise.all(
      workers.map(async (worker) => {
        const mine: number[] = [];
        for (;;) {
          const [job] = await worker.query<{ id: number }>(
            `UPDATE job SET done_by = $1 WHERE id = (${next}) RETURNING id`,
            [worker.name],
          );
          if (!job) return mine;
          mine.push(job.id);
        }
      }),
    );
    fact('Jobs taken by four workers at once', taken.flat().length);
    fact('Jobs taken twice', taken.flat().length - new Set(taken.flat()).size);
  },
});
