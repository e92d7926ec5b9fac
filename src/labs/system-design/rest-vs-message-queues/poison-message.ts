import amqp from 'amqplib';
import { lab } from '#labs/index.ts';

export default lab({
  title: 'A poison message, a hoarder, a full queue and a stream in RabbitMQ',
  claim:
    'A quorum queue with a delivery limit moves a message that is rejected each time to the dead-letter exchange; without prefetch one consumer takes the whole backlog, and what it had not acknowledged comes back marked as redelivered; a full queue drops its oldest messages unless told to refuse; a stream gives a second reader everything again. A single active consumer that holds more than one message loses the order at a return.',
  engines: ['rabbitmq'],
  async run({ rabbitmq, fact, step, scene, until, defer }) {
    const broker = await rabbitmq();
    const connection = await amqp.connect(broker.url);
    defer(() => connection.close());
    const channel = await connection.createConfirmChannel();
    const send = async (queue: string, bodies: readonly string[]): Promise<void> => {
      for (const body of bodies) channel.sendToQueue(queue, Buffer.from(body), { persistent: true });
      await channel.waitForConfirms();
    };

    // #region declare
    await channel.assertExchange('dead', 'fanout', { durable: true });
    await channel.assertQueue('dead-orders', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await channel.bindQueue('dead-orders', 'dead', '');
    await channel.assertQueue('orders', {
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        'x-delivery-limit': 3,
        'x-dead-letter-exchange': 'dead',
        'x-dead-letter-strategy': 'at-least-once', // needs the next line
        'x-overflow': 'reject-publish',
      },
    });
    // #endregion declare

    scene('One message fails every time');
    await send('orders', ['a', 'poison', 'b', 'c']);
    const worker = await connection.createChannel();
    await worker.prefetch(1);
    const order: string[] = [];
    const counts: number[] = [];
    // #region work
    const { consumerTag } = await worker.consume('orders', (message) => {
      if (!message) return;
      const body = message.content.toString();
      order.push(body);
      if (body === 'poison') {
        counts.push(Number(message.properties.headers?.['x-delivery-count'] ?? 0));
        worker.reject(message, true); // back into the queue
      } else worker.ack(message);
    });
    // #endregion work
    await until('it is a dead letter', async () => (await channel.checkQueue('dead-orders')).messageCount === 1); // prettier-ignore
    await until('the rest is done', () => ['a', 'b', 'c'].every((body) => order.includes(body)));
    await worker.cancel(consumerTag);
    await worker.close();
    for (const [index, count] of counts.entries())
      step({ who: 'Consumer', does: `poison, delivery ${index + 1}`, result: `x-delivery-count ${count}: rejected`, outcome: 'fails' }); // prettier-ignore
    const dead = await channel.get('dead-orders');
    const death = dead && (dead.properties.headers?.['x-death'] as { reason: string; queue: string }[])[0];
    if (dead) channel.ack(dead);
    step({ who: 'Broker', does: 'dead exchange', result: `poison, reason ${death ? death.reason : 'none'}` });
    fact('deliveries of the poison message under a limit of 3', counts.length);
    fact('x-delivery-count at each of them', counts);
    fact('reason on the dead letter', death ? death.reason : 'none');
    fact('other messages handled', order.filter((body) => body !== 'poison').length);

    // A classic queue counts nothing. The lab gives up after 100.
    scene('A queue that does not count');
    await channel.assertQueue('classic', { durable: true });
    await send('classic', ['poison']);
    const stubborn = await connection.createChannel();
    await stubborn.prefetch(1);
    let turns = 0;
    await stubborn.consume('classic', (message) => {
      if (message && ++turns < 100) stubborn.reject(message, true);
    });
    await until('100 deliveries', () => turns === 100);
    await stubborn.close();
    const left = async (queue: string): Promise<number> => (await channel.checkQueue(queue)).messageCount;
    await until('it is back', async () => (await left('classic')) === 1);
    fact('still in a classic queue after 100 deliveries', await left('classic'));
    step({ who: 'Consumer', does: 'poison, 100 deliveries', result: 'still there', outcome: 'fails' });

    scene('100 messages, two consumers, the first one hangs');
    const rows: [string, number, number][] = [];
    let redelivered = 0;
    for (const prefetch of [0, 10]) {
      const queue = `work-${prefetch}`;
      await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      await send(
        queue,
        Array.from({ length: 100 }, (_, n) => String(n)),
      );
      // #region prefetch
      const [hangs, works] = [await connection.createChannel(), await connection.createChannel()];
      let [held, done] = [0, 0];
      await hangs.prefetch(prefetch); // 0 is the default: no limit
      await hangs.consume(queue, () => held++); // never acknowledges
      await until('it holds what it may', () => held === (prefetch || 100));
      await works.prefetch(10);
      await works.consume(queue, (message) => {
        if (!message) return;
        done++;
        if (message.fields.redelivered) redelivered++;
        works.ack(message);
      });
      await until('nothing more is ready', async () => done === 100 - held && (await left(queue)) === 0);
      // #endregion prefetch
      rows.push([prefetch ? String(prefetch) : 'none', held, done]);
      step({ who: 'Broker', does: `prefetch ${prefetch || 'none'}`, result: `hangs holds ${held}, works did ${done}`, outcome: prefetch ? 'ok' : 'fails' }); // prettier-ignore
      await hangs.close(); // its process dies, at last
      await until('the second consumer did all', () => done === 100);
      await works.close();
    }
    fact('who had the messages while the first hung', { columns: ['limit', 'hangs', 'works'], rows }); // prettier-ignore
    fact('messages that a hanging consumer holds without prefetch', rows[0]?.[1] ?? -1);
    fact('messages that it holds with a prefetch of 10', rows[1]?.[1] ?? -1);
    fact('deliveries marked as redelivered, 100 and 10', redelivered);

    // One active consumer returns message 1. With a limit, the default since 4.0, that goes back to the queue's head.
    const orders: [number, string][] = [];
    for (const prefetch of [1, 5]) {
      const queue = `single-${prefetch}`;
      const single = { 'x-queue-type': 'quorum', 'x-single-active-consumer': true, 'x-delivery-limit': 20 };
      await channel.assertQueue(queue, { durable: true, arguments: single });
      await send(queue, ['1', '2', '3']);
      const active = await connection.createChannel();
      await active.prefetch(prefetch);
      const done: string[] = [];
      await active.consume(queue, (message) => {
        if (!message) return;
        const body = message.content.toString();
        if (body === '1' && !message.fields.redelivered) active.reject(message, true);
        else {
          done.push(body);
          active.ack(message);
        }
      });
      await until('three are done', () => done.length === 3);
      await active.close();
      orders.push([prefetch, done.join(' ')]);
    }
    fact('order after a return, single active consumer', { columns: ['prefetch', 'done'], rows: orders });
    fact('place of a returned first message of three, prefetch 5', (orders[1]?.[1] ?? '').split(' ').indexOf('1') + 1); // prettier-ignore

    scene('Five messages for a queue of three');
    const kept: [string, number, number, string][] = [];
    for (const overflow of ['drop-head', 'reject-publish']) {
      const queue = `full-${overflow}`;
      // #region full
      const limit = { 'x-max-length': 3, ...(overflow === 'drop-head' ? {} : { 'x-overflow': overflow }) };
      await channel.assertQueue(queue, { durable: true, arguments: limit });
      let [confirmed, refused] = [0, 0];
      for (const body of ['1', '2', '3', '4', '5']) {
        channel.sendToQueue(queue, Buffer.from(body), { persistent: true }, (error: unknown) =>
          error ? refused++ : confirmed++,
        );
        await until('the broker has answered', () => confirmed + refused === Number(body));
      }
      // #endregion full
      const bodies: string[] = [];
      for (let one = await channel.get(queue); one; one = await channel.get(queue)) {
        bodies.push(one.content.toString());
        channel.ack(one);
      }
      kept.push([overflow, confirmed, refused, bodies.join(' ')]);
      step({ who: 'Broker', does: `overflow ${overflow}`, result: `confirmed ${confirmed}, refused ${refused}, kept ${bodies.join(' ')}`, outcome: refused ? 'ok' : 'fails' }); // prettier-ignore
    }
    fact('five messages for a queue of three', { columns: ['overflow', 'confirmed', 'refused', 'kept'], rows: kept }); // prettier-ignore
    fact('messages confirmed by a queue of three, by default', kept[0]?.[1] ?? -1);
    fact('messages that it kept, by default', kept[0]?.[3] ?? '');
    fact('messages refused with reject-publish', kept[1]?.[2] ?? -1);

    scene('Five messages, two readers, one after the other');
    const readFive = async (queue: string, options: amqp.Options.Consume = {}): Promise<number> => {
      const reader = await connection.createChannel();
      await reader.prefetch(50);
      let seen = 0;
      await reader.consume(queue, (message) => { if (message) { seen++; reader.ack(message); } }, options); // prettier-ignore
      await until(`five are read from ${queue}`, () => seen === 5);
      await reader.close();
      return seen;
    };
    const five = ['1', '2', '3', '4', '5'];
    await channel.assertQueue('tasks', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await send('tasks', five);
    await readFive('tasks');
    await until('the queue is empty', async () => (await left('tasks')) === 0);
    fact('messages left for a second reader of a queue', await left('tasks'));
    step({ who: 'Queue', does: 'after the first reader', result: 'empty' });
    // #region stream
    await channel.assertQueue('events', { durable: true, arguments: { 'x-queue-type': 'stream' } });
    await send('events', five);
    const fromTheFirst = { arguments: { 'x-stream-offset': 'first' } };
    await readFive('events', fromTheFirst);
    const again = await readFive('events', fromTheFirst);
    // #endregion stream
    fact('messages that a second reader of a stream gets', again);
    step({ who: 'Stream', does: 'after the first reader', result: `${again} messages for the second` });
  },
});
