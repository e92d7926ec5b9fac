import { createClient } from 'redis';
import { lab } from '#labs/index.ts';

export default lab({
  title: 'A Redis that does not answer',
  claim:
    'While Redis is silent, neither a command timeout nor, under traffic, a socket timeout ends a read that was sent; a deadline in the caller does. While Redis is dead, a read waits in the client unless the offline queue is off.',
  engines: ['redis', 'http'],
  async run({ redis, http, fact, holds, until }) {
    const server = await redis();
    const proxy = await http.proxy(server.port);

    // A silent Redis: the connection stands, and no answer comes.
    // #region silent
    const socket = { host: '127.0.0.1', port: proxy.port };
    const socketTimeout = 400;
    const sent = createClient({ socket, commandOptions: { timeout: 50 } });
    const idle = createClient({ socket: { ...socket, socketTimeout } });
    const busy = createClient({ socket: { ...socket, socketTimeout } });
    for (const each of [sent, idle, busy]) await each.on('error', () => undefined).connect();
    proxy.cut(); // both ways, and nobody is told
    const traffic = setInterval(() => void busy.get('other').catch(() => undefined), 20);
    const reads = [sent, idle, busy].map((each) => outcome(each.get('product:1')));
    const silent = await Promise.all(reads.map((read) => Promise.race([read, after(1000, 'waits')])));

    const deadline = <T>(ms: number, read: Promise<T>): Promise<T | 'miss'> =>
      Promise.race([read, after(ms, 'miss' as const)]);
    const bounded = await deadline(50, sent.get('product:1'));
    // #endregion silent
    clearInterval(traffic);
    fact('error of the socketTimeout', silent[1] ?? '');
    const guards = ['timeout of 50 ms', 'socketTimeout, idle', 'socketTimeout, busy'];
    fact('a read of a silent Redis after a second', {
      columns: ['client has', 'read'],
      rows: [
        ...guards.map((guard, n) => [guard, silent[n] === 'waits' ? 'waits' : 'fails']),
        ['own deadline, 50 ms', bounded === 'miss' ? 'ends' : 'waits'],
      ],
    });
    fact('the client stays open after a socketTimeout by default', idle.isOpen);
    for (const each of [sent, busy]) each.destroy();

    // A dead Redis: does a read fail, or wait?
    // #region dead
    const reconnectStrategy = 60_000;
    const patient = createClient({ url: server.url, socket: { reconnectStrategy } });
    const quick = createClient({ url: server.url, socket: { reconnectStrategy }, disableOfflineQueue: true });
    for (const each of [patient, quick]) await each.on('error', () => undefined).connect();
    server.kill();
    await until('both know', () => !patient.isReady && !quick.isReady);
    const refused = await outcome(quick.get('product:1'));
    const waits = await Promise.race([patient.get('product:1'), after(500, 'waits')]);
    // #endregion dead
    fact('a read of a dead Redis with disableOfflineQueue', refused);
    holds('by default the read still waits after 500 ms', waits === 'waits');
    patient.destroy();
    quick.destroy();
  },
});

/** What became of a read: its answer, or the name of its error. */
function outcome(read: Promise<unknown>): Promise<string> {
  return read.then(String, (error: unknown) => (error as Error).constructor.name);
}

/** Resolves to `value` after `ms` milliseconds. */
function after<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, ms, value));
}
