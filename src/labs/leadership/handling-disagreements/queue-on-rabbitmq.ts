import amqp from 'amqplib';
import { lab } from '#labs/index.ts';
import { orders, placeAll, tables } from './bake-off/workload.ts';

const designs = ['commit-then-publish', 'publish-then-commit', 'outbox'] as const;

export default lab({
  title: 'The queue is RabbitMQ: the same orders, the same deaths',
  claim:
    'A killed worker loses no message either; but a shop that writes to two systems and dies between leaves an order without a job, or a job without an order, unless an outbox stands between.',
  engines: ['postgres', 'rabbitmq', 'node'],
  async run({ postgres, rabbitmq, node, fact, holds, measure, until, step, scene, defer }) {
    const [broker, node26] = [await rabbitmq(), await node()];
    const connection = await amqp.connect(broker.url);
    defer(() => connection.close());
    const channel = await connection.createConfirmChannel();
    const declared = { durable: true, arguments: { 'x-queue-type': 'quorum' } };
    await channel.assertQueue('invoice', declared);

    const rows: [string, string, number, number][] = [];
    for (const design of designs) {
      scene(design.replaceAll('-', ' '));
      for (const dies of ['first write', 'between', 'at the end']) {
        const db = await postgres();
        await db.query(tables);
        const { signal } = await node26.run('bake-off/place-order.ts', { args: [design, dies, db.url, broker.url] }); // prettier-ignore
        if (signal !== 'SIGKILL') throw new Error(`The shop was not killed at “${dies}”.`);
        const gone = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`;
        await until('the lost session is rolled back', async () => (await db.value(gone)) === 0);
        if (design === 'outbox') {
          // #region relay
          const waiting = await db.query<{ id: number; order_id: number }>('SELECT id, order_id FROM job');
          for (const { id, order_id } of waiting) {
            channel.sendToQueue('invoice', Buffer.from(String(order_id)), { persistent: true });
            await channel.waitForConfirms(); // a relay that dies here publishes it twice
            await db.query('DELETE FROM job WHERE id = $1', [id]);
          }
          // #endregion relay
        }
        const order = await db.value<number>('SELECT count(*) FROM shop_order');
        let jobs = 0;
        for (let message; (message = await channel.get('invoice')); jobs++) channel.ack(message);
        rows.push([design.replaceAll('-', ' '), dies, order, jobs]);
        step({
          who: 'Shop',
          does: `is killed: ${dies}`,
          result: order === jobs ? (order ? 'order and job' : 'neither') : order ? 'an order, no job' : 'a job, no order', // prettier-ignore
          outcome: order === jobs ? 'ok' : 'fails',
        });
      }
    }
    for (const design of designs) {
      const name = design.replaceAll('-', ' ');
      const table = rows.filter((row) => row[0] === name).map(([, ...cells]) => cells);
      fact(`left by ${name}`, { columns: ['killed', 'orders', 'jobs'], rows: table });
    }
    const left = (design: string) => rows.find(([name, dies]) => name === design && dies === 'between') ?? [];
    fact('commit then publish, killed between: jobs for its one order', left('commit then publish')[3] ?? -1);
    fact('publish then commit, killed between: jobs for an order that is not there', left('publish then commit')[3] ?? -1); // prettier-ignore
    fact('outbox: orders without a job, or jobs without an order', rows.filter(([name, , a, b]) => name === 'outbox' && a !== b).length); // prettier-ignore

    const server = await postgres.instance({ fsync: true, synchronous_commit: 'on' });
    const db = await server.database();
    await db.query(tables);
    measure('orders placed, then published', await placeAll(db.url, channel), '/s');
    const counts = () => channel.checkQueue('invoice');
    fact('messages waiting', (await counts()).messageCount);

    // #region kill
    const start = (diesAt: number) =>
      node26.start('bake-off/worker.ts', { args: ['broker', String(diesAt), db.url, broker.url] });
    const doomed = start(200); // writes its 200th invoice and is killed before it acknowledges
    const { signal } = await doomed.ended;
    const killedAt = await db.value<number>('SELECT count(*) FROM invoice');
    const worker = start(0);
    await worker.line(/ready/);
    const from = performance.now();
    const done = async () => (await db.value<number>('SELECT count(*) FROM invoice')) === orders;
    await until('every invoice is written', done, 30_000);
    // #endregion kill
    const rate = (orders - killedAt) / ((performance.now() - from) / 1000);
    if (signal !== 'SIGKILL') throw new Error('The worker was not killed.');
    worker.kill('SIGTERM');
    await worker.ended;
    measure('invoices by one worker', rate, '/s');
    fact('orders without an invoice', await db.value('SELECT count(*) FROM shop_order o WHERE NOT EXISTS (SELECT FROM invoice i WHERE i.order_id = o.id)')); // prettier-ignore
    const again = worker.stdout.match(/^again/gm)?.length ?? 0;
    holds('at least one job came again although its invoice was written', again >= 1);
    measure('jobs that came again after their invoice', again, 'jobs');
    holds('one worker does more than ten times the peak of 5 orders a second', rate > 50);
  },
});
