import { lab } from '#labs/index.ts';

const batch = 5000;

export default lab({
  title: 'The best argument against the table: one old snapshot',
  claim:
    'While one report keeps a snapshot open, finished jobs cannot be cleaned away, and finding the next job reads all of them; when it ends, VACUUM brings the cost back.',
  engines: ['postgres'],
  async run({ postgres, fact, holds, measure, series, step }) {
    const db = await postgres();
    await db.query(`
      CREATE TABLE job (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id int NOT NULL);
      CREATE TABLE report_source (id int);
      CREATE EXTENSION pgstattuple`);
    const [report] = await db.sessions('Report');

    // #region claim
    const claim = 'SELECT id FROM job ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED';
    const cost = async () => (await db.explain(claim)).buffers; // pages of 8 kB
    const time = async () => (await db.explain(claim)).ms;
    const work = async () => {
      await db.query(`INSERT INTO job (order_id) SELECT n FROM generate_series(1, ${batch}) n`);
      await db.query(`DELETE FROM job WHERE id < (SELECT max(id) FROM job)`);
      await db.query('VACUUM job'); // as autovacuum would
    };
    // #endregion claim
    await db.query('INSERT INTO job (order_id) VALUES (0)'); // one job always waits
    await work();
    const before = await cost();

    await report.does('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await report.does('SELECT count(*) FROM report_source', {
      note: 'Reads another table, and keeps its snapshot.',
    });
    const points: [number, number][] = [[0, before]];
    for (let done = batch; done <= 4 * batch; done += batch) {
      await work();
      points.push([done, await cost()]);
    }
    const during = points.at(-1)?.[1] ?? 0;
    step({ who: 'Workers', does: `finish ${4 * batch} jobs; VACUUM runs after each ${batch}` });
    const times: number[] = [];
    for (let run = 0; run < 9; run++) times.push(await time());
    const dead = await db.value<number>(`SELECT dead_tuple_count FROM pgstattuple('job')`);
    fact('finished jobs that VACUUM could not remove', dead);
    await report.does('COMMIT');
    await db.query('VACUUM job');
    const after = await cost();
    step({ who: 'VACUUM', does: 'runs once more', result: 'the finished jobs are gone' });

    series('Pages read to find the next job', {
      x: 'jobs finished since the report began',
      y: 'pages',
      points,
    });
    measure('pages to find a job before the report', before, 'pages');
    measure('pages to find a job during it', during, 'pages');
    measure('time to find a job during it, fastest of 9', Math.min(...times), 'ms');
    measure('pages to find a job after it and a VACUUM', after, 'pages');
    holds('during the report a claim reads more than 20 times as many pages', during > 20 * before);
    holds('after it a claim reads less than a tenth of that again', after * 10 < during);
  },
});
