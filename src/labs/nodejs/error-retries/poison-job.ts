import { lab } from '#labs/index.ts';

export default lab({
  title: 'A job that kills its worker',
  claim:
    'An attempt counted in the transaction of the work is rolled back with it, so a job that kills its worker is tried for ever and blocks the queue; counted before the work, it becomes a dead letter.',
  engines: ['postgres', 'node'],
  async run({ postgres, node, fact, scene, step }) {
    const node26 = await node();
    const rows: [string, number, string, number, string][] = [];
    const starts = 5;
    for (const [counts, name] of [
      ['inside', 'with the work'],
      ['before', 'before the work'],
    ] as const) {
      const db = await postgres();
      await db.query(`
        CREATE TABLE job (
          id int PRIMARY KEY,
          payload text NOT NULL,
          state text NOT NULL DEFAULT 'waiting',
          attempts int NOT NULL DEFAULT 0,
          lease int NOT NULL DEFAULT 0, -- seconds; 0 here, so that nobody has to wait for it
          claimed_until timestamptz NOT NULL DEFAULT now()
        );
        INSERT INTO job VALUES (1, 'crash'), (2, 'invoice')`);
      scene(`The attempt is counted ${name}`);
      let deaths = 0;
      for (let start = 1; start <= starts; start++) {
        const { code, signal } = await node26.run('poison-job/worker.ts', { args: [db.url, counts] });
        if (signal === 'SIGKILL') deaths++;
        else if (code !== 0) throw new Error('The worker failed for another reason.');
        const jobs = await db.query<{ state: string; attempts: number }>('SELECT state, attempts FROM job ORDER BY id'); // prettier-ignore
        step({
          who: 'Worker',
          does: `start ${start}`,
          result: signal ? 'killed by job 1' : 'ends: no job left',
          outcome: signal ? 'fails' : 'ok',
          queues: Object.fromEntries(
            jobs.map(({ state, attempts }, index) => [
              `job ${index + 1}`,
              [`${state}, ${attempts} attempts`],
            ]),
          ),
        });
        if (!signal) break;
      }
      const [poison, invoice] = await db.query<{ state: string; attempts: number }>(
        'SELECT state, attempts FROM job ORDER BY id',
      );
      rows.push([name, deaths, poison?.state ?? '', poison?.attempts ?? -1, invoice?.state ?? '']);
      fact(`workers killed when the attempt is counted ${name}`, deaths);
      fact(`the job behind it, when the attempt is counted ${name}`, invoice?.state ?? '');
      fact(`attempts on record when counted ${name}`, poison?.attempts ?? -1);
    }
    fact(`after at most ${starts} starts`, {
      columns: ['the attempt is counted', 'workers killed', 'job 1', 'its attempts', 'job 2'],
      rows,
    });
  },
});
