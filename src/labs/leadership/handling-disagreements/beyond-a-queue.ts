import amqp from 'amqplib';
import { lab } from '#labs/index.ts';

const events = 100;

export default lab({
  title: 'What the broker does and the table does not',
  claim:
    'RabbitMQ takes events while PostgreSQL is down, gives each of three teams its own copy with its own backlog, and lets a fourth read a stream from the start.',
  engines: ['postgres', 'rabbitmq'],
  async run({ postgres, rabbitmq, fact, step, until, defer }) {
    const broker = await rabbitmq();
    const connection = await amqp.connect(broker.url);
    defer(() => connection.close());
    const channel = await connection.createConfirmChannel();

    // #region fan-out
    await channel.assertExchange('shop', 'fanout');
    for (const team of ['invoice', 'mail', 'fraud']) {
      await channel.assertQueue(team, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      await channel.bindQueue(team, 'shop', '');
    }
    await channel.assertQueue('history', { durable: true, arguments: { 'x-queue-type': 'stream' } });
    await channel.bindQueue('history', 'shop', '');
    // #endregion fan-out

    const server = await postgres.instance();
    const db = await server.database();
    await db.query('CREATE TABLE job (id int PRIMARY KEY)');
    await server.kill();
    step({ who: 'PostgreSQL', does: 'is killed', outcome: 'fails' });

    // #region down
    let inserted = 0;
    for (let id = 1; id <= events; id++) {
      await db.query('INSERT INTO job VALUES ($1)', [id]).then(
        () => inserted++,
        () => undefined, // the connection is gone
      );
      channel.publish('shop', '', Buffer.from(String(id)), { persistent: true });
    }
    await channel.waitForConfirms(); // throws if one was refused
    // #endregion down
    fact('events the table took while PostgreSQL was down', inserted);
    step({ who: 'Table', does: `takes ${events} events`, result: `${inserted} taken`, outcome: 'fails' });
    const waiting = async (queue: string) => (await channel.checkQueue(queue)).messageCount;
    fact('events the broker confirmed meanwhile', await waiting('invoice'));
    step({ who: 'Broker', does: `takes ${events} events`, result: 'all confirmed, one copy for each team' });

    /** Reads all of a queue and acknowledges it. Gives back how many there were. */
    const read = async (queue: string, from?: string): Promise<number> => {
      const reader = await connection.createChannel();
      await reader.prefetch(50);
      let seen = 0;
      const options = from ? { arguments: { 'x-stream-offset': from } } : {};
      await reader.consume(queue, (message) => { if (message) { seen++; reader.ack(message); } }, options); // prettier-ignore
      await until(`${queue} is read`, () => seen === events);
      await reader.close();
      return seen;
    };
    await read('invoice');
    step({ who: 'Invoice team', does: 'works off its queue' });
    const rows: [string, number][] = [];
    for (const team of ['invoice', 'mail', 'fraud']) rows.push([team, await waiting(team)]);
    fact('backlogs when only the invoice team has worked', { columns: ['team', 'waiting'], rows });

    // #region replay
    await read('history', 'first');
    const later = await read('history', 'first'); // a team that came a month later
    // #endregion replay
    fact('events a second reader of the stream still gets', later);
    step({ who: 'New team', does: 'reads the stream from the first event', result: `${later} events` });
  },
});
