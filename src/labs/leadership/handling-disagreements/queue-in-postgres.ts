import { lab } from '#labs/index.ts';
import { orders, placeAll, tables } from './bake-off/workload.ts';

export default lab({
  title: 'The queue is a table: orders, rollbacks and a killed worker',
  claim:
    'A job that is inserted in the order’s transaction exists exactly if the order does, wherever the process dies; and a killed worker loses no job.',
  engines: ['postgres', 'node'],
  async run({ postgres, node, fact, holds, measure, until, step }) {
    const node26 = await node();

    const rows: [string, number, number][] = [];
    for (const dies of ['first write', 'between', 'at the end']) {
      const db = await postgres();
      await db.query(tables);
      const { signal } = await node26.run('bake-off/place-order.ts', { args: ['table', dies, db.url] });
      if (signal !== 'SIGKILL') throw new Error(`The shop was not killed at “${dies}”.`);
      const gone = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`;
      await until('the server has rolled the lost session back', async () => (await db.value(gone)) === 0);
      const [order, job] = [
        await db.value<number>('SELECT count(*) FROM shop_order'),
        await db.value<number>('SELECT count(*) FROM job'),
      ];
      rows.push([dies, order, job]);
      step({
        who: 'Shop',
        does: `is killed: ${dies}`,
        result: order === job ? (order ? 'order and job' : 'neither') : 'one without the other',
        outcome: order === job ? 'ok' : 'fails',
      });
    }
    fact('what is left when the shop dies', { columns: ['killed', 'orders', 'jobs'], rows });
    fact('orders without a job, or jobs without an order', rows.filter(([, a, b]) => a !== b).length);

    // A server that flushes every commit, as in production.
    const server = await postgres.instance({ fsync: true, synchronous_commit: 'on' });
    const db = await server.database();
    await db.query(tables);
    measure('orders placed with their job', await placeAll(db.url), '/s');
    fact('jobs waiting', await db.value('SELECT count(*) FROM job'));

    // #region kill
    const start = (diesAt: number) =>
      node26.start('bake-off/worker.ts', { args: ['table', String(diesAt), db.url] });
    const doomed = start(200); // writes its 200th invoice and is killed before COMMIT
    const { signal } = await doomed.ended;
    fact('invoices when the worker was killed', await db.value('SELECT count(*) FROM invoice'));
    const worker = start(0);
    await worker.line(/ready/);
    const from = performance.now();
    const done = async () => (await db.value<number>('SELECT count(*) FROM invoice')) === orders;
    await until('every invoice is written', done, 30_000);
    // #endregion kill
    const rate = (orders - 199) / ((performance.now() - from) / 1000);
    if (signal !== 'SIGKILL') throw new Error('The worker was not killed.');
    await until('the queue is empty', async () => (await db.value<number>('SELECT count(*) FROM job')) === 0);
    worker.kill('SIGTERM');
    await worker.ended;
    measure('invoices by one worker', rate, '/s');
    fact('orders without an invoice', await db.value('SELECT count(*) FROM shop_order o WHERE NOT EXISTS (SELECT FROM invoice i WHERE i.order_id = o.id)')); // prettier-ignore
    fact('jobs whose invoice was there already', worker.stdout.match(/^again/gm)?.length ?? 0);
    holds('one worker does more than ten times the peak of 5 orders a second', rate > 50);
  },
});
