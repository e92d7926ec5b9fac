import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { lab } from '#labs/index.ts';
import { gcra, type Limiter } from './five-limiters/limiters.ts';

const limit = 50;

/** The promise's value, or an error when it takes longer than `ms` milliseconds. */
const within = <T>(ms: number, promise: Promise<T>): Promise<T> =>
  Promise.race([
    promise,
    sleep(ms, undefined, { ref: false }).then(() => Promise.reject(new Error('Too late.'))),
  ]);

export default lab({
  title: 'A limit in Redis: GET then SET, one script, and Redis silent',
  claim:
    'GET then SET under a forced race lets 200 of 200 calls pass a limit of 50 and a crash after INCR leaves a counter without an end; one script lets exactly 50 pass, and without Redis each node goes on with its share.',
  engines: ['redis'],
  async run({ redis, fact, holds, measure, step, scene }) {
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

    // Few customers have a whole number of milliseconds for a token.
    const minutely = async (rate: number): Promise<boolean> => {
      const answer = await first.send('EVAL', script, 1, `at ${rate}`, 60_000 / rate, limit);
      return (answer as [number, number])[0] === 1;
    };
    holds('the script takes 70 and 100,000 a minute too', (await minutely(70)) && (await minutely(100_000)));

    measure('one key in Redis', Number(await first.send('MEMORY', 'USAGE', 'user:8')), 'bytes');

    // Redis is silent, then gone. A node falls back to its share of the limit, 50 / 4 nodes, a bucket for each key.
    const share = Math.floor(limit / 4);
    let patience = 2000; // of a call to Redis in milliseconds; generous until Redis is silent
    let asked = 0;
    // #region fallback
    const local = new Map<string, Limiter>();
    let askAgain = 0; // after a call without an answer Redis is left alone for a second
    const decide = async (c: typeof first, key: string): Promise<[boolean, string]> => {
      if (performance.now() >= askAgain)
        try {
          asked++;
          const [ok] = await within(patience, ask(c, key));
          return [ok === 1, 'shared'];
        } catch (error) {
          if ((error as Error).name !== 'RedisError') askAgain = performance.now() + 1000; // no answer
        }
      const bucket = local.get(key) ?? gcra(share, limit * hour, share);
      local.set(key, bucket);
      return [bucket(Date.now()), 'local share']; // neither open nor closed
    };
    // #endregion fallback
    const by = (decisions: readonly [boolean, string][]): string =>
      [...new Set(decisions.map(([, who]) => who))].join(', ');
    const twenty = async (key: string): Promise<[boolean, string][]> => {
      const decisions: [boolean, string][] = [];
      for (let call = 0; call < 20; call++) decisions.push(await decide(first, key));
      return decisions;
    };
    const passes = (decisions: readonly [boolean, string][]): number => decisions.filter(([ok]) => ok).length;

    fact('decided while Redis is up', by([await decide(first, 'user:9')]));
    await first.send('SET', 'broken', 'x'); // the script fails on this key, and Redis answers with an error
    const [broken, next] = [await decide(first, 'broken'), await decide(first, 'user:9')];
    holds('an error that Redis answers leaves the other keys shared', by([broken]) === 'local share' && by([next]) === 'shared'); // prettier-ignore
    await first.send('CLIENT', 'PAUSE', 60_000, 'ALL'); // it takes commands and answers none
    [patience, asked] = [20, 0];
    const silent = await twenty('user:9');
    fact('decided while Redis is silent', by(silent));
    fact('of 20 calls then, waited 20 ms for Redis', asked);
    fact('of 20 calls then, passed by the local share', passes(silent));
    server.kill();
    askAgain = 0;
    const down = await twenty('user:10');
    fact('decided after Redis was killed', by(down));
    fact('of 20 calls after that, passed by the local share', passes(down));
  },
});
