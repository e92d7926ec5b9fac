import { readFile } from 'node:fs/promises';
import { lab } from '#labs/index.ts';

const limit = 50;

export default lab({
  title: 'A limit in Redis: GET then SET, INCR then EXPIRE, and one script',
  claim:
    'GET then SET under a forced race lets 200 of 200 calls pass a limit of 50 and a crash after INCR leaves a counter without an end; one script lets exactly 50 pass, and its key ends by itself.',
  engines: ['redis'],
  async run({ redis, fact, holds, step, scene }) {
    const server = await redis({ maxmemory: '32mb' }); // one of its own, since the lab kills it
    const clients = await Promise.all(Array.from({ length: 20 }, () => server.client()));
    const [first] = clients;
    if (!first) throw new Error('No client.');

    // Forced: in each round all twenty have read before the first one writes.
    // #region race
    let passed = 0;
    for (let round = 0; round < 10; round++) {
      const read = await Promise.all(clients.map((c) => c.send('GET', 'naive')));
      await Promise.all(
        clients.map(async (c, n) => {
          const seen = Number(read[n] ?? 0);
          if (seen >= limit) return;
          await c.send('SET', 'naive', String(seen + 1));
          passed++;
        }),
      );
    }
    // #endregion race
    fact('calls', 200);
    fact('passed by GET then SET', passed);
    fact('counter after GET then SET', Number(await first.send('GET', 'naive')));

    // A process that dies between its two commands.
    scene('A crash between INCR and EXPIRE');
    const doomed = await server.client();
    const count = await doomed.send('INCR', 'user:7');
    step({ who: 'api', does: 'INCR user:7', result: String(count) });
    doomed.close();
    step({ who: 'api', does: '(dies before EXPIRE user:7 60)', outcome: 'fails' });
    const ttl = Number(await first.send('TTL', 'user:7'));
    step({
      who: 'Redis',
      does: 'TTL user:7',
      result: String(ttl),
      outcome: 'fails',
      note: '-1: the key never expires. When the count reaches the limit, user 7 is locked out for good.',
    });
    fact('time to live after a crash between INCR and EXPIRE', ttl);

    // #region script
    const script = await readFile(new URL('shared-counter/token-bucket.lua', import.meta.url), 'utf8');
    const hour = 3_600_000; // one token an hour, so that none comes back during the lab
    const ask = async (c: typeof first, key: string): Promise<[number, number]> =>
      (await c.send('EVAL', script, 1, key, hour, limit)) as [number, number];
    const answers = await Promise.all(
      clients.flatMap((c) => Array.from({ length: 10 }, () => ask(c, 'user:8'))),
    );
    // #endregion script
    fact('passed by the script', answers.filter(([ok]) => ok === 1).length);
    const refused = answers.find(([ok]) => ok === 0);
    holds('a refused call is told to wait up to one hour', (refused?.[1] ?? 0) > 0 && (refused?.[1] ?? 0) <= hour); // prettier-ignore
    holds('the script’s key ends by itself', Number(await first.send('PTTL', 'user:8')) > 0);

    // Redis is gone. A node falls back to its share of the limit: 50 / 4 nodes.
    // #region fallback
    let local = Math.floor(limit / 4);
    const decide = async (c: typeof first, key: string): Promise<[boolean, string]> => {
      try {
        const [ok] = await ask(c, key);
        return [ok === 1, 'shared'];
      } catch {
        return [local > 0 && local-- > 0, 'local share']; // neither open nor closed
      }
    };
    // #endregion fallback
    const up = await decide(first, 'user:9');
    server.kill();
    const down: [boolean, string][] = [];
    for (let call = 0; call < 20; call++) down.push(await decide(first, 'user:9'));
    fact('decided while Redis is up', up[1]);
    fact('decided after Redis was killed', [...new Set(down.map(([, by]) => by))].join(', '));
    fact('of 20 calls after that, passed by the local share', down.filter(([ok]) => ok).length);
  },
});
