import { type Cluster, AssignerProtocol, PartitionAssigners, Partitioners } from 'kafkajs';
import { lab } from '#labs/index.ts';

interface Seen {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly n: number;
}

export default lab({
  title: 'Keys, partitions and a takeover (Kafka mock)',
  claim:
    'A key keeps its order because it stays in one partition; a partition has one consumer in a group, so a fifth consumer idles on four; a consumer that leaves before it commits makes another repeat its messages; and adding partitions moves keys.',
  engines: ['kafka'],
  async run({ kafka, fact, step, until, defer }) {
    const cluster = await kafka();
    const client = cluster.client('lab');
    const producer = client.producer({ allowAutoTopicCreation: true, createPartitioner: Partitioners.DefaultPartitioner }); // prettier-ignore
    await producer.connect();
    defer(() => producer.disconnect());

    // #region keys
    const keys = Array.from({ length: 8 }, (_, n) => `order-${n}`);
    for (let n = 1; n <= 5; n++)
      // five events of each order, in turn
      await producer.send({ topic: 'orders', messages: keys.map((key) => ({ key, value: String(n) })) });
    // #endregion keys

    const admin = client.admin();
    await admin.connect();
    const [topic] = (await admin.fetchTopicMetadata({ topics: ['orders'] })).topics;
    await admin.disconnect();
    fact('partitions', topic?.partitions.length ?? 0);

    const join = async (group: string, seen: Seen[], commits: boolean) => {
      const consumer = client.consumer({ groupId: group, maxWaitTimeInMs: 100, sessionTimeout: 3000, heartbeatInterval: 100 }); // prettier-ignore
      await consumer.connect();
      await consumer.subscribe({ topic: 'orders', fromBeginning: true });
      await consumer.run({
        autoCommit: commits,
        eachMessage: ({ partition, message }) => {
          seen.push({ partition, offset: Number(message.offset), key: String(message.key), n: Number(message.value) }); // prettier-ignore
          return Promise.resolve();
        },
      });
      return consumer;
    };

    // A leaves without committing, as a death would look to B, which takes the partitions over.
    // #region takeover
    const [byA, byB]: [Seen[], Seen[]] = [[], []];
    const a = await join('billing', byA, false); // works, and never gets to its commit
    await until('A has seen all', () => byA.length === 40, 20_000);
    await a.disconnect();
    const b = await join('billing', byB, true);
    await until('B has seen all', () => byB.length === 40, 20_000);
    // #endregion takeover
    await b.disconnect();
    fact('messages seen by A, which did not commit', byA.length);
    fact('of them seen again by B', byB.filter((one) => byA.some((other) => other.partition === one.partition && other.offset === one.offset)).length); // prettier-ignore
    step({ who: 'A', does: 'handles 40 messages', result: 'leaves before it commits', outcome: 'fails' });
    step({ who: 'B', does: 'takes over', result: `${byB.length} messages again` });

    const spread = keys.map((key) => new Set(byB.filter((one) => one.key === key).map((one) => one.partition)).size); // prettier-ignore
    fact('most partitions that one key is in', Math.max(...spread));
    const ordered = keys.every((key) => byB.filter((one) => one.key === key).map((one) => one.n).join() === '1,2,3,4,5'); // prettier-ignore
    fact('keys whose events came in order', ordered ? keys.length : -1);
    fact('partitions used by the 8 keys', new Set(byB.map((one) => one.partition)).size);

    // In the classic protocol a group's leader, a client, shares the partitions out. This is KafkaJS's function for it.
    // #region group
    const five = ['c1', 'c2', 'c3', 'c4', 'c5'].map((memberId) => ({ memberId, memberMetadata: Buffer.alloc(0) })); // prettier-ignore
    const metadata = topic?.partitions ?? [];
    const stub = { findTopicPartitionMetadata: () => metadata } as unknown as Cluster; // all that it asks
    const assigner = PartitionAssigners.roundRobin({
      cluster: stub,
      groupId: 'mail',
      logger: client.logger(),
    });
    const plan = await assigner.assign({ members: five, topics: ['orders'] });
    const shares = five.map(({ memberId }) => {
      const own = plan.find((member) => member.memberId === memberId);
      if (!own) return 0;
      return (
        AssignerProtocol.MemberAssignment.decode(own.memberAssignment)?.assignment['orders']?.length ?? 0
      );
    });
    // #endregion group
    fact('partitions held by each of five consumers', shares);
    step({
      who: 'Group',
      does: '5 consumers, 4 partitions',
      result: `${shares.filter((n) => n === 0).length} has nothing to do`,
    });

    // No broker needed: the producer's own function decides.
    // #region move
    const place = Partitioners.DefaultPartitioner();
    const partitionOf = (key: string, count: number): number =>
      place({
        topic: 'orders',
        partitionMetadata: Array.from({ length: count }, (_, partitionId) => ({ partitionErrorCode: 0, partitionId, leader: 1, replicas: [], isr: [] })), // prettier-ignore
        message: { key, value: '' },
      });
    const thousand = Array.from({ length: 1000 }, (_, n) => `order-${n}`);
    const moved = (to: number): number => thousand.filter((key) => partitionOf(key, 4) !== partitionOf(key, to)).length; // prettier-ignore
    // #endregion move
    fact('of 1,000 keys moved by going from 4 to 8 partitions', moved(8));
    fact('of 1,000 keys moved by going from 4 to 5 partitions', moved(5));
  },
});
