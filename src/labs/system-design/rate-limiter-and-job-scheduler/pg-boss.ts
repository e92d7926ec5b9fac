import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { lab } from '#labs/index.ts';

export default lab({
  title: 'pg-boss: a job in your transaction, retries, a dead letter',
  claim:
    'A job sent in a transaction that rolls back does not exist; one that always fails runs once and twice more, and then stands in the dead-letter queue with its data; one key is queued once.',
  engines: ['postgres'],
  async run({ postgres, fact, defer, step, scene }) {
    const db = await postgres();
    const boss = new PgBoss({ connectionString: db.url, schedule: false, supervise: false });
    boss.on('error', () => undefined);
    await boss.start();
    defer(() => boss.stop({ graceful: false }));

    // #region queues
    await boss.createQueue('invoice-dead');
    await boss.createQueue('invoice', { retryLimit: 2, retryDelay: 0, deadLetter: 'invoice-dead' });
    await boss.createQueue('report', { policy: 'short' }); // at most one waiting
    // #endregion queues

    // #region together
    const client = new pg.Client({ connectionString: db.url });
    await client.connect();
    defer(() => client.end());
    const inTransaction = {
      executeSql: (text: string, values?: unknown[]) => client.query(text, values),
    };
    await client.query('BEGIN');
    const id = await boss.send('invoice', { order: 1 }, { db: inTransaction });
    await client.query('ROLLBACK');
    // #endregion together
    fact('send gave an id before the rollback', id !== null);
    fact('jobs after the rollback', (await boss.fetch('invoice')).length);

    scene('A job that always fails');
    await boss.send('invoice', { order: 2 });
    let runs = 0;
    // #region fail
    for (;;) {
      const [job] = await boss.fetch<{ order: number }>('invoice');
      if (!job) break;
      runs++;
      await boss.fail('invoice', job.id, { message: 'no address' });
      step({ who: 'Worker', does: `run ${runs} of order ${job.data.order}`, result: 'no address', outcome: 'fails' }); // prettier-ignore
    }
    const [dead] = await boss.fetch<{ order: number }>('invoice-dead');
    // #endregion fail
    step({ who: 'Dead letters', does: 'fetch', result: `order ${dead?.data.order ?? 'none'}` });
    fact('runs before the dead letter', runs);
    fact('order in the dead letter', dead?.data.order ?? 0);

    const first = await boss.send('report', {});
    const again = await boss.send('report', {});
    fact('a second report while one is waiting is queued', first !== null && again !== null);
  },
});
