import { createClient } from 'redis';
import { lab, type Point } from '#labs/index.ts';
import { seeded } from './hit-ratio/simulate.ts';

export default lab({
  title: 'What Redis does with expiry, full memory, slots and copies in the client',
  claim:
    'Jitter spreads expiries; a full Redis refuses writes until a policy is set; a command over two slots is refused; and tracked copies are invalidated by Redis but stay when the message is lost.',
  engines: ['redis', 'http'],
  async run({ redis, http, fact, holds, measure, series, until }) {
    const server = await redis();
    const admin = await server.client();

    // Expiry: a thousand keys warmed at one instant. PXAT names the instant of expiry itself.
    // #region jitter
    const [random, start] = [seeded(60), Date.now()];
    const warm = `for i = 1, #ARGV do redis.call('SET', KEYS[1] .. i, i, 'PXAT', ARGV[i]) end`;
    const plain = Array.from({ length: 1000 }, () => 60_000);
    const jittered = plain.map((ttl) => Math.round(ttl * (0.9 + 0.2 * random()))); // ± 10 %
    await admin.send('EVAL', warm, '1', 'plain:', ...plain.map((ttl) => String(start + ttl)));
    await admin.send('EVAL', warm, '1', 'jittered:', ...jittered.map((ttl) => String(start + ttl)));
    // #endregion jitter
    const perSecond = async (prefix: string): Promise<Point[]> => {
      const script = `local t = {} for i = 1, 1000 do t[i] = redis.call('PEXPIRETIME', KEYS[1] .. i) end return t`;
      const times = (await admin.send('EVAL', script, '1', prefix)) as number[];
      const seconds = new Map(Array.from({ length: 13 }, (_, n) => [n + 54, 0]));
      for (const time of times) {
        const second = Math.floor((time - start) / 1000);
        seconds.set(second, (seconds.get(second) ?? 0) + 1);
      }
      return [...seconds];
    };
    const [same, spread] = [await perSecond('plain:'), await perSecond('jittered:')];
    series('keys that expire in each second after warming, as Redis has them', {
      x: 'seconds after warming',
      y: 'keys',
      kind: 'bar',
      exact: true,
      points: { 'the same expiry': same, 'with jitter of 10 %': spread },
    });
    const most = (points: readonly Point[]): number => Math.max(...points.map(([, n]) => n));
    fact('most expiries in one second with the same expiry', most(same));
    fact('most expiries in one second with jitter', most(spread));

    // Memory: 3 MB allowed, 5,000 values of 1 kB.
    const fill = async (policy: string): Promise<[number, string]> => {
      const small = await redis({ maxmemory: '3mb', 'maxmemory-policy': policy });
      const client = await small.client();
      let code = 'none';
      for (let n = 0; n < 5000 && code === 'none'; n++) {
        await client.send('SET', `k${n}`, 'x'.repeat(1000)).catch((error: unknown) => {
          code = codeOf(error);
        });
      }
      const info = String(await client.send('INFO', 'stats'));
      return [Number(/evicted_keys:(\d+)/.exec(info)?.[1]), code];
    };
    const fresh = await (await redis()).client();
    const [, policyByDefault] = (await fresh.send('CONFIG', 'GET', 'maxmemory-policy')) as string[];
    fact('policy by default', policyByDefault ?? '');
    // What the stored form costs: a hash of version and value with an expiry, tables and allocator included.
    const used = async (): Promise<number> =>
      Number(/used_memory:(\d+)/.exec(String(await fresh.send('INFO', 'memory')))?.[1]);
    const keep = `for i = 1, 20000 do
      redis.call('HSET', KEYS[1] .. i, 'version', 1, 'value', ARGV[1])
      redis.call('EXPIRE', KEYS[1] .. i, 600)
    end`;
    const empty = await used();
    await fresh.send('EVAL', keep, '1', 'product:', 'x'.repeat(1000));
    const bytes = Math.round(((await used()) - empty) / 20_000 / 50) * 50;
    measure('memory for a value of 1000 bytes', bytes, 'bytes');
    holds('version, expiry and tables add more than a tenth to the value', bytes > 1100);
    const full = await fill('noeviction');
    const volatile = await fill('volatile-lru');
    const evicting = await fill('allkeys-lru');
    fact('error when full, noeviction', full[1]);
    fact('error when full, volatile-lru and keys without an expiry', volatile[1]);
    fact('error when full, allkeys-lru', evicting[1]);
    holds('allkeys-lru has evicted more than a thousand of 5,000 keys to make room', evicting[0] > 1000);

    // Slots: one node that owns all 16,384 still refuses a command over two of them.
    const cluster = await (await redis({ 'cluster-enabled': 'yes' })).client();
    await cluster.send('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    const slot = async (key: string): Promise<number> =>
      Number(await cluster.send('CLUSTER', 'KEYSLOT', key));
    fact('slot by key', {
      columns: ['key', 'slot'],
      rows: [
        ['product:1', await slot('product:1')],
        ['product:2', await slot('product:2')],
        ['{product:1}', await slot('{product:1}')],
        ['{product:1}:lease', await slot('{product:1}:lease')],
      ],
    });
    const across = await cluster.send('MGET', 'product:1', 'product:2').catch(codeOf);
    fact('error of an MGET over two slots', String(across));

    // Copies in the client, invalidated by Redis.
    const proxy = await http.proxy(server.port);
    // #region tracking
    const client = createClient({
      socket: { host: '127.0.0.1', port: proxy.port, reconnectStrategy: 20 },
      RESP: 3,
      clientSideCache: { ttl: 0, maxEntries: 1000, evictPolicy: 'LRU' },
    });
    client.on('error', () => undefined);
    await client.connect();
    await admin.send('SET', 'product:1', '100');
    for (let n = 0; n < 100; n++) await client.get('product:1');
    const served = await gets();
    await admin.send('SET', 'product:1', '120');
    await until('the copy is invalidated', async () => (await client.get('product:1')) === '120');
    proxy.cut('to-client'); // nothing from Redis arrives, and nobody is told
    await admin.send('SET', 'product:1', '140');
    const lost = await client.get('product:1');
    // #endregion tracking
    async function gets(): Promise<number> {
      const info = String(await admin.send('INFO', 'commandstats'));
      return Number(/cmdstat_get:calls=(\d+)/.exec(info)?.[1] ?? 0);
    }
    fact('reads by the client', 100);
    fact('reads that reached Redis', served);
    fact('price in Redis while its messages are lost', String(await admin.send('GET', 'product:1')));
    fact('price the client serves meanwhile', String(lost));
    proxy.pass();
    proxy.reset(); // the loss is noticed
    await until('the client is back', async () => (await client.get('product:1').catch(() => '')) === '140');
    fact('price after the reconnect', String(await client.get('product:1')));
    client.destroy();
  },
});

/** The code that Redis puts before an error's text, such as OOM. */
function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? 'unknown';
}
