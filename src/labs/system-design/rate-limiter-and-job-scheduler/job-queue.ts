import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { lab } from '#labs/index.ts';
import { claim, enqueue, fairTable, finish, lastTurn, sweep, table } from './job-queue/queue.ts';

/** What EXPLAIN says about the whole plan. */
interface Explained {
  readonly Plan: { readonly 'Shared Hit Blocks': number; readonly 'Shared Read Blocks': number };
}

export default lab({
  title: 'A queue in one table: claim, lease, heartbeat, fence',
  claim:
    'With SKIP LOCKED four workers run each of 200 jobs once; a killed worker’s job comes back when its lease ends, a heartbeat keeps a long job, and a blocked event loop loses it, but cannot finish it twice.',
  engines: ['postgres', 'node'],
  async run({ postgres, node, fact, holds, measure, folder, until, scene, step, defer }) {
    const node26 = await node();
    const server = await postgres.instance({ fsync: true, synchronous_commit: 'on' }); // commits wait for the disk
    const db = await server.database();
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
    const began = performance.now();
    await Promise.all(
      clients.map(async (client) => {
        for (let job = await claim(client, 60); job; job = await claim(client, 60)) {
          runs.push(job.id);
          await finish(client, job);
        }
      }),
    );
    // #endregion four
    measure(
      'claimed and finished one by one, four workers',
      Math.round(200_000 / (performance.now() - began)),
      'jobs/s',
    );
    fact('jobs', 200);
    fact('runs by four workers', runs.length);
    fact('jobs that ran twice', runs.length - new Set(runs).size);

    /** One job in a database of its own, and one worker process with a lease of `lease` seconds that has claimed it. */
    const start = async (lease: number, mode: 'await' | 'block') => {
      const own = await server.database();
      await own.query(`${table}; INSERT INTO job DEFAULT VALUES`);
      const other = new pg.Client({ connectionString: own.url });
      await other.connect();
      defer(() => other.end());
      const file = path.join(await folder(), 'enough');
      const worker = node26.start('job-queue/worker.ts', { args: [own.url, String(lease), mode, file] });
      await worker.line(/claimed, attempt 1/);
      const verdict = async (): Promise<string> => {
        await writeFile(file, ''); // the worker's job is done
        return String((await worker.line(/(finished|too late)/))[1]);
      };
      return { own, other, worker, verdict };
    };

    const kill = async () => {
      const { own, other, worker } = await start(2, 'await');
      // #region kill
      worker.kill('SIGKILL');
      await worker.ended;
      const hidden = await claim(other, 60);
      if (!(await own.value<boolean>('SELECT due_at > now() FROM job'))) throw new Error('The lease ended before the check.'); // prettier-ignore
      const died = performance.now();
      const back = await until('the lease has ended', () => claim(other, 60));
      // #endregion kill
      return { hidden, back, seconds: (performance.now() - died) / 1000 };
    };
    const beat = async () => {
      const { own, other, verdict } = await start(1.5, 'await');
      const lease = await own.value<string>('SELECT due_at::text FROM job');
      let stolen = 0;
      // #region long
      await until('two leases have gone by', async () => {
        if (await claim(other, 60)) stolen++;
        return own.value<boolean>(`SELECT now() > $1::timestamptz + interval '1.5 seconds'`, [lease]);
      });
      // #endregion long
      return { stolen, ends: await verdict() };
    };
    const block = async () => {
      const { other, verdict } = await start(1, 'block');
      const second = await until('the lease has ended', () => claim(other, 60));
      const late = await verdict();
      return { second, late, done: await finish(other, second) };
    };
    // The three take their time side by side, and beside what follows.
    const leases = Promise.all([kill(), beat(), block()]);

    // #region fair
    const serve = (order: string): string => `UPDATE fair SET attempt = 1
      WHERE id = (SELECT id FROM fair WHERE attempt = 0 ORDER BY ${order} LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING tenant`;
    /** Where three jobs that tenant b adds now come out. */
    const placesOfB = async (order: string): Promise<number[]> => {
      await db.query(enqueue, ['b', 3]);
      const places: number[] = [];
      for (let place = 1; places.length < 3; place++)
        if ((await db.value<string>(serve(order))) === 'b') places.push(place);
      return places;
    };
    /** 100 of the 300 jobs of tenant a are done when b adds its own. */
    const turns = async (order: string): Promise<number[]> => {
      await db.query('TRUNCATE fair RESTART IDENTITY');
      await db.query(enqueue, ['a', 300]);
      for (let n = 0; n < 100; n++) await db.query(serve(order));
      return placesOfB(order);
    };
    // #endregion fair
    await db.query(fairTable);
    fact('places of tenant b’s three jobs, first come first served', await turns('id'));
    fact('places of tenant b’s three jobs, by turn', await turns('turn, id'));

    // Tenant b has a long past, and nothing waits. Then a new tenant adds 400 jobs, and b three.
    await db.query('TRUNCATE fair RESTART IDENTITY');
    await db.query(enqueue, ['b', 500]);
    await db.query('UPDATE fair SET attempt = 1');
    await db.query(enqueue, ['a', 400]);
    fact('places of tenant b’s three jobs, after 500 earlier ones', await placesOfB('turn, id'));

    // What the look-ups of a turn cost when the queue is short, and when it is long.
    // #region cost
    const pages = async (): Promise<number> => {
      await db.query('VACUUM ANALYZE fair');
      const [{ 'QUERY PLAN': plan } = { 'QUERY PLAN': [] }] = await db.query<{ 'QUERY PLAN': Explained[] }>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT ${lastTurn.replace('$1', `'a'`)}`,
      );
      return plan.reduce((sum, { Plan: p }) => sum + p['Shared Hit Blocks'] + p['Shared Read Blocks'], 0);
    };
    await db.query('TRUNCATE fair');
    await db.query(enqueue, ['a', 300]);
    const few = await pages();
    await db.query(enqueue, ['a', 99_700]);
    const many = await pages();
    // #endregion cost

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

    const [killed, long, blocked] = await leases;
    // Not earlier: writing 100,000 rows could hold up a heartbeat.
    await db.query('UPDATE fair SET attempt = 1');
    const none = await pages();
    measure('pages read for a turn, 300 jobs waiting', few, 'pages');
    measure('pages read for a turn, 100,000 jobs waiting', many, 'pages');
    measure('pages read for a turn, 100,000 jobs done', none, 'pages');
    holds('a turn is found in fewer than 20 pages among 100,000 jobs', many < 20 && none < 20);
    scene('The worker is killed');
    measure('the job came back after', killed.seconds, 's');
    step({ who: 'W1', does: 'claim, lease 2 s', result: 'attempt 1' });
    step({ who: 'W1', does: '(killed)', outcome: 'fails' });
    step({ who: 'W2', does: 'claim', result: killed.hidden ? 'a job' : 'none: job 1 is leased' });
    const { back } = killed;
    step({ who: 'W2', does: 'claim, after the lease', result: `job ${back.id}, attempt ${back.attempt}` });
    fact('attempt number after the worker was killed', back.attempt);

    // A job that kills each of its workers.
    await db.query(`UPDATE job SET state = 'done'; INSERT INTO job (attempt) VALUES (9)`);
    await claim(w1.client, 0); // with a lease that ends at once
    const again = await claim(w1.client, 0);
    await db.query(sweep);
    const state = await db.value<string>('SELECT state FROM job WHERE attempt = 10');
    fact('a job whose tenth worker died too', again ? 'claimed again' : state);

    scene('A long job with a heartbeat');
    step({ who: 'W1', does: 'claim, lease 1.5 s; heartbeat each 0.25 s', result: 'attempt 1' });
    step({ who: 'W2', does: 'claim, again and again for two leases', result: `${long.stolen} jobs` });
    step({ who: 'W1', does: 'finish', result: long.ends });
    fact('jobs taken from a worker with a heartbeat in two leases', long.stolen);
    fact('the long job', long.ends);

    scene('The event loop is blocked, and so is the heartbeat');
    const { second, late, done } = blocked;
    step({ who: 'W1', does: 'claim, lease 1 s; then computes', result: 'attempt 1' });
    step({ who: 'W2', does: 'claim', result: `job ${second.id}, attempt ${second.attempt}`, note: 'The job now runs twice.' }); // prettier-ignore
    step({ who: 'W1', does: 'finish … AND attempt = 1', result: `0 rows: ${late}`, outcome: 'fails' });
    step({ who: 'W2', does: 'finish … AND attempt = 2', result: done ? '1 row: finished' : '0 rows' });
    fact('what the blocked worker hears when it finishes', late);
    holds('the second worker’s finish counts', done);
  },
});
