import { Queue, Worker } from 'bullmq';
import pg from 'pg';
import { createClient } from 'redis';
import { lab } from '#labs/index.ts';

export default lab({
  title: 'BullMQ: a job that no rollback takes back',
  claim:
    'A job added in a transaction that rolls back runs all the same; one that always fails runs three times and then stands among the failed; one key is queued once.',
  engines: ['postgres', 'redis'],
  async run({ postgres, redis, fact, step, scene, defer, until }) {
    const db = await postgres();
    await db.query('CREATE TABLE purchase (id int PRIMARY KEY)');
    const { url } = await redis();
    const connect = async () => {
      const client = createClient({ url });
      client.on('error', () => undefined);
      await client.connect();
      defer(() => client.close());
      return client;
    };
    const invoices = new Queue<{ order: number }>('invoice', { connection: await connect() });
    defer(() => invoices.close());

    // #region together
    const client = new pg.Client({ connectionString: db.url });
    await client.connect();
    defer(() => client.end());
    await client.query('BEGIN');
    await client.query('INSERT INTO purchase VALUES (1)');
    await invoices.add('invoice', { order: 1 }); // another server: it knows nothing of BEGIN
    await client.query('ROLLBACK');
    // #endregion together
    const { rows } = await client.query<{ id: number }>('SELECT id FROM purchase');
    step({ who: 'PostgreSQL', does: 'ROLLBACK', result: `${rows.length} orders` });
    fact('orders after the rollback', rows.length);

    const ran: number[] = [];
    // #region worker
    const worker = new Worker<{ order: number }>(
      'invoice',
      ({ data }) => {
        ran.push(data.order);
        return data.order === 2 ? Promise.reject(new Error('no address')) : Promise.resolve();
      },
      { connection: await connect() },
    );
    // #endregion worker
    worker.on('error', () => undefined);
    defer(() => worker.close());
    await until('the job without an order has run', () => ran.includes(1));
    step({ who: 'Worker', does: 'runs order 1', result: 'an invoice for no order', outcome: 'fails' });
    fact('runs for the order that was rolled back', ran.filter((order) => order === 1).length);

    scene('A job that always fails');
    await invoices.add('invoice', { order: 2 }, { attempts: 3 });
    await until('it is given up', async () => (await invoices.getFailedCount()) === 1);
    const runs = ran.filter((order) => order === 2).length;
    step({ who: 'Worker', does: `runs order 2, ${runs} times`, result: 'no address', outcome: 'fails' });
    fact('runs before it stands among the failed', runs);

    const reports = new Queue('report', { connection: await connect() });
    defer(() => reports.close());
    await reports.add('report', {}, { jobId: 'daily' });
    await reports.add('report', {}, { jobId: 'daily' });
    fact('reports waiting after two adds with one key', await reports.getWaitingCount());
  },
});
