import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { lab } from '#labs/index.ts';
import { claim, enqueue, fairTable, finish, table } from './job-queue/queue.ts';

export default lab({
  title: 'A queue in one table: claim, lease, heartbeat, fence',
  claim:
    'With SKIP LOCKED four workers run each of 200 jobs once; a killed worker’s job comes back when its lease ends, a heartbeat keeps a long job, and a blocked event loop loses it, but cannot finish it twice.',
  engines: ['postgres', 'node'],
  async run({ postgres, node, fact, holds, measure, folder, until, scene, step, defer }) {
    const node26 = await node();
    const db = await postgres();
    await db.query(table);
    const clients = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const client = new pg.Client({ connectionString: db.url });
        await client.connect();
        defer(() => client.end());
        return client;
      }),
    );

    // #region four
    await db.query('INSERT INTO job (priority) SELECT n % 3 FROM generate_series(1, 200) n');
    const runs: string[] = [];
    await Promise.all(
      clients.map(async (client) => {
        for (let job = await claim(client, 60); job; job = await claim(client, 60)) {
          runs.push(job.id);
          await finish(client, job);
        }
      }),
    );
    // #endregion four
    fact('jobs', 200);
    fact('runs by four workers', runs.length);
    fact('jobs that ran twice', runs.length - new Set(runs).size);

    // #region fair
    /** Where the jobs of tenant b come out, if b adds three when 100 of the 300 of tenant a are done. */
    const turns = async (order: string): Promise<number[]> => {
      await db.query('TRUNCATE fair RESTART IDENTITY');
      const next = `UPDATE fair SET done = true
        WHERE id = (SELECT id FROM fair WHERE NOT done ORDER BY ${order} LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING tenant`;
      await db.query(enqueue, ['a', 300]);
      for (let n = 0; n < 100; n++) await db.query(next);
      await db.query(enqueue, ['b', 3]);
      const places: number[] = [];
      for (let place = 1; places.length < 3; place++)
        if ((await db.value<string>(next)) === 'b') places.push(place);
      return places;
    };
    // #endregion fair
    await db.query(fairTable);
    fact('places of tenant b’s three jobs, first come first served', await turns('id'));
    fact('places of tenant b’s three jobs, by turn', await turns('turn, id'));

    scene('Two workers want the next job');
    await db.query('TRUNCATE job RESTART IDENTITY; INSERT INTO job (tenant) VALUES (\'a\'), (\'b\')'); // prettier-ignore
    const [w1, w2, w3] = await db.sessions('W1', 'W2', 'W3');
    const next = `SELECT id FROM job WHERE state = 'ready' ORDER BY id LIMIT 1 FOR UPDATE`;
    await w1.does('BEGIN');
    await w1.does(`${next} SKIP LOCKED`, { note: 'Locks job 1.' });
    await w2.does(`${next} SKIP LOCKED`, { note: 'Job 1 is locked, so the next one. Nobody waits.' });
    const waiting = await w3.waits(next, { note: 'Without SKIP LOCKED the workers form a line.' });
    await w1.does('COMMIT');
    await waiting.outcome();

    /** One job, one worker process with a lease of `lease` seconds; gives the process and a way to end its work. */
    const start = async (lease: number, mode: 'await' | 'block') => {
      await db.query('TRUNCATE job RESTART IDENTITY; INSERT INTO job DEFAULT VALUES');
      const file = path.join(await folder(), 'enough');
      const worker = node26.start('job-queue/worker.ts', { args: [db.url, String(lease), mode, file] });
      await worker.line(/claimed, attempt 1/);
      return { worker, end: () => writeFile(file, '') };
    };
    const [other] = clients;
    if (!other) throw new Error('No client.');
    const ends = () => db.value<boolean>('SELECT due_at > now() FROM job');

    scene('The worker is killed');
    const killed = await start(2, 'await');
    step({ who: 'W1', does: 'claim, lease 2 s', result: 'attempt 1' });
    // #region kill
    killed.worker.kill('SIGKILL');
    await killed.worker.ended;
    const hidden = await claim(other, 60);
    if (!(await ends())) throw new Error('The lease ended before the check.');
    const died = performance.now();
    const back = await until('the lease has ended', () => claim(other, 60));
    // #endregion kill
    measure('the job came back after', (performance.now() - died) / 1000, 's');
    step({ who: 'W1', does: '(killed)', outcome: 'fails' });
    step({ who: 'W2', does: 'claim', result: hidden ? 'a job' : 'none: job 1 is leased' });
    step({ who: 'W2', does: 'claim, after the lease', result: `job ${back.id}, attempt ${back.attempt}` });
    fact('attempt number after the worker was killed', back.attempt);

    scene('A long job with a heartbeat');
    const long = await start(1.5, 'await');
    const until0 = await db.value<string>('SELECT due_at::text FROM job');
    let stolen = 0;
    // #region long
    await until('two leases have gone by', async () => {
      if (await claim(other, 60)) stolen++;
      return db.value<boolean>(`SELECT now() > $1::timestamptz + interval '1.5 seconds'`, [until0]);
    });
    await long.end();
    const [, verdict] = await long.worker.line(/(finished|too late)/);
    // #endregion long
    step({ who: 'W1', does: 'claim, lease 1.5 s; heartbeat each 0.25 s', result: 'attempt 1' });
    step({ who: 'W2', does: 'claim, again and again for two leases', result: `${stolen} jobs` });
    step({ who: 'W1', does: 'finish', result: String(verdict) });
    fact('jobs taken from a worker with a heartbeat in two leases', stolen);
    fact('the long job', String(verdict));

    scene('The event loop is blocked, and so is the heartbeat');
    const blocked = await start(1, 'block');
    const second = await until('the lease has ended', () => claim(other, 60));
    await blocked.end();
    const [, late] = await blocked.worker.line(/(finished|too late)/);
    step({ who: 'W1', does: 'claim, lease 1 s; then computes', result: 'attempt 1' });
    step({ who: 'W2', does: 'claim', result: `job ${second.id}, attempt ${second.attempt}`, note: 'The job now runs twice.' }); // prettier-ignore
    step({
      who: 'W1',
      does: 'finish … AND attempt = 1',
      result: `0 rows: ${String(late)}`,
      outcome: 'fails',
    });
    const done = await finish(other, second);
    step({ who: 'W2', does: 'finish … AND attempt = 2', result: done ? '1 row: finished' : '0 rows' });
    fact('what the blocked worker hears when it finishes', String(late));
    holds('the second worker’s finish counts', done);
  },
});
