import { lab } from '#labs/index.ts';

export default lab({
  title: 'Redis pub/sub forgets, a stream remembers until it is trimmed',
  claim:
    'A message published while a gateway is away reaches nobody; from a stream the gateway reads it later, unless trimming has removed it, and that gap is silent.',
  engines: ['redis'],
  async run({ redis, fact, until }) {
    const server = await redis();
    const [sender, reader] = [await server.client(), await server.client()];
    const gateway = await server.client();
    const heard: string[] = [];
    await gateway.subscribe('chat', (message) => heard.push(message));

    // #region away
    const first = await sender.send('PUBLISH', 'chat', '1');
    await until('the gateway has heard it', () => heard.length === 1);
    gateway.close(); // a deploy
    await until('the server knows', async () => (await subscribers()) === 0);
    const away = await sender.send('PUBLISH', 'chat', '2');

    await sender.send('XADD', 'log', '1-0', 'seq', '1');
    await sender.send('XADD', 'log', '2-0', 'seq', '2');
    const later = await reader.send('XREAD', 'STREAMS', 'log', '1-0'); // the gateway's cursor
    // #endregion away
    async function subscribers(): Promise<number> {
      const [, count] = (await sender.send('PUBSUB', 'NUMSUB', 'chat')) as [string, number];
      return count;
    }
    const ids = (reply: unknown): string[] =>
      reply === null ? [] : ((reply as [string, [string, string[]][]][])[0]?.[1] ?? []).map(([id]) => id);
    fact('receivers of a message while the gateway is there', first as number);
    fact('receivers while it is away', away as number);
    fact('read from the stream after it is back', ids(later));

    // Five more messages, and a stream that keeps the last three.
    for (let n = 3; n <= 7; n++)
      await sender.send('XADD', 'log', 'MAXLEN', '=', '3', `${n}-0`, 'seq', String(n));
    const trimmed = await reader.send('XREAD', 'STREAMS', 'log', '2-0');
    fact('read from cursor 2 after trimming to three', ids(trimmed));
    fact('messages skipped without an error', Number((ids(trimmed)[0] ?? '0-0').split('-')[0]) - 3);
  },
});
