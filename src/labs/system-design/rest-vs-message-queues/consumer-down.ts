import { lab, type Point } from '#labs/index.ts';

const tables = `
  CREATE TABLE shop_order (id int PRIMARY KEY);
  CREATE TABLE job (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id int NOT NULL);
  CREATE TABLE invoice (order_id int PRIMARY KEY)`;

export default lab({
  title: 'The invoice service is killed while orders come in',
  claim:
    'Called by REST, the dead consumer costs every order placed meanwhile its invoice; behind a queue it costs none, only time, and the time to catch up follows from two rates: it is longer than the outage, while no job waits longer than the outage.',
  engines: ['postgres', 'node'],
  async run({ postgres, node, port, fact, holds, series, step, scene, until }) {
    const node26 = await node();
    const phases = [['up', 10], ['killed', 30], ['back', 10]] as const; // prettier-ignore

    const rest = await postgres();
    await rest.query(tables);
    const address = await port();
    // #region rest
    const byRest = async (order: number): Promise<string> => {
      await rest.query('INSERT INTO shop_order VALUES ($1)', [order]);
      const headers = { 'x-order': String(order) };
      const response = await fetch(`http://127.0.0.1:${address}/`, { method: 'POST', headers });
      return response.text(); // the caller holds the invoice
    };
    // #endregion rest

    const queue = await postgres();
    await queue.query(tables);
    // #region queue
    const byQueue = async (order: number): Promise<string> => {
      await queue.query(
        `WITH o AS (INSERT INTO shop_order VALUES ($1) RETURNING id)
         INSERT INTO job (order_id) SELECT id FROM o`,
        [order],
      );
      return 'accepted'; // there is no invoice yet
    };
    // #endregion queue

    const start = async (style: 'rest' | 'queue') => {
      const service =
        style === 'rest'
          ? node26.start('consumer-down/invoices.ts', { args: [rest.url, String(address)] })
          : node26.start('consumer-down/worker.ts', { args: [queue.url] });
      await service.line(/listening|ready/);
      return service;
    };
    const rows: [string, number, number, number][] = [];
    for (const [style, name, place, db] of [
      ['rest', 'REST', byRest, rest],
      ['queue', 'queue', byQueue, queue],
    ] as const) {
      scene(style === 'rest' ? 'Called by REST' : 'Behind a queue in PostgreSQL');
      const has = (table: string): Promise<number> => db.value<number>(`SELECT count(*) FROM ${table}`);
      let service = await start(style);
      let [order, errors, answers] = [0, 0, 0];
      for (const [phase, orders] of phases) {
        if (phase === 'killed') {
          service.kill('SIGKILL');
          await service.ended;
        }
        if (phase === 'back') service = await start(style);
        const before = errors;
        for (let n = 0; n < orders; n++) {
          const answer = await place(++order).catch(() => undefined);
          if (answer === undefined) errors++;
          else if (answer.startsWith('invoice')) answers++;
        }
        if (phase !== 'killed') await until('the queue is empty', async () => (await has('job')) === 0);
        step({
          who: 'Shop',
          does: `${orders} orders, invoice service ${phase}`,
          result: errors > before ? `${errors - before} errors` : 'no error',
          outcome: errors > before ? 'fails' : 'ok',
          queues: { waiting: [`${await has('job')} jobs`], invoices: [String(await has('invoice'))] },
        });
      }
      service.kill('SIGKILL');
      await service.ended;
      const lost = (await has('shop_order')) - (await has('invoice'));
      rows.push([name, errors, lost, answers]);
      fact(`orders without an invoice, ${name}`, lost);
      fact(`callers that got their invoice in the answer, ${name}`, answers);
    }
    fact('50 orders, 30 while it was dead: errors, orders without an invoice, answers with one', {
      columns: ['by', 'errors', 'lost', 'answers'],
      rows,
    });

    // Time in ticks: 10 orders arrive in each, the worker can do 15. It is away for 6.
    // #region drain
    await queue.query('TRUNCATE job');
    const take = `WITH done AS (DELETE FROM job
       WHERE id IN (SELECT id FROM job ORDER BY id LIMIT 15 FOR UPDATE SKIP LOCKED) RETURNING order_id)
       SELECT $1 - min(order_id) FROM done`; // the wait of the oldest one taken
    const [arrives, down] = [10, 6];
    const backlog: Point[] = [];
    let [caughtUp, longest] = [0, 0];
    for (let tick = 1; tick <= 22; tick++) {
      await queue.query('INSERT INTO job (order_id) SELECT $2 FROM generate_series(1, $1)', [arrives, tick]);
      if (tick <= 2 || tick > 2 + down) longest = Math.max(longest, await queue.value<number>(take, [tick]));
      const waiting = await queue.value<number>('SELECT count(*) FROM job');
      backlog.push([tick, waiting]);
      if (tick > 2 + down && waiting === 0 && caughtUp === 0) caughtUp = tick - 2 - down;
    }
    // #endregion drain
    series('backlog: away for 6 ticks, then 15 out against 10 in', { x: 'tick', y: 'waiting', exact: true, kind: 'line', points: backlog }); // prettier-ignore
    fact('largest backlog', Math.max(...backlog.map(([, waiting]) => waiting)), 'jobs');
    fact('ticks to catch up', caughtUp);
    fact('longest wait of one job', longest, 'ticks');
    holds('catching up takes down × arrival ÷ (capacity − arrival)', caughtUp === (down * arrives) / (15 - arrives)); // prettier-ignore
  },
});
