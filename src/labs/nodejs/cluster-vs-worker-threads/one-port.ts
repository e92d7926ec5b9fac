import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { lab, type Scalar } from '#labs/index.ts';

interface Answer {
  readonly status: number | undefined;
  readonly by: string;
}

/** Asks once, on a new connection unless an agent keeps one. */
const ask = (url: string, agent?: http.Agent): Promise<Answer> =>
  new Promise((resolve, reject) => {
    http
      .get(url, { agent: agent ?? false }, (response) => {
        let by = '';
        response.on('data', (data: Buffer) => (by += data.toString()));
        response.on('end', () => {
          resolve({ status: response.statusCode, by });
        });
      })
      .on('error', reject);
  });

const each = <Result>(times: number, run: () => Promise<Result>): Promise<Result[]> =>
  Array.from({ length: times }).reduce<Promise<Result[]>>(
    async (before) => [...(await before), await run()],
    Promise.resolve([]),
  );

const counts = (answers: readonly Answer[]): number[] => {
  const by = new Map<string, number>();
  for (const answer of answers) by.set(answer.by, (by.get(answer.by) ?? 0) + 1);
  return [...by.values()];
};

export default lab({
  title: 'One port for several processes, and for several threads',
  claim:
    'The primary of a cluster hands out connections in turn, not requests, and stops handing them to a worker that does not take them; since 2026 threads can share a port too, by a transferred socket or by reusePort.',
  engines: ['node'],
  async run({ node, port, folder, sleep, until, fact, holds, measure }) {
    const newest = await node();
    const at = await port();
    const url = `http://127.0.0.1:${at}`;
    const primary = newest.start('one-port/cluster.mjs', { args: [String(at), '4'] });
    await primary.line(/listening/);

    // #region turns
    const fresh = await each(20, () => ask(url));
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const kept = await each(20, () => ask(url, agent));
    // #endregion turns
    agent.destroy();
    fact('20 requests on 20 connections, by worker', counts(fresh));
    fact('20 requests on one connection, by worker', counts(kept));

    await ask(`${url}/login`);
    const me = await each(4, async () => (await ask(`${url}/me`)).status ?? NaN);
    fact('after a login, four requests on new connections', me);

    // #region blocked
    const gate = path.join(await folder(), 'gate');
    const { by: blocked } = await ask(`${url}/block?gate=${encodeURIComponent(gate)}`);
    await primary.line(/blocked/); // this worker computes now
    const answered: string[] = [];
    const asked = Array.from({ length: 12 }, async () => answered.push((await ask(url)).by));
    // #endregion blocked
    await until('all but one are answered', () => answered.length >= 11);
    await sleep(300); // for the twelfth, if anybody took it
    fact('of 12 new connections while one of four workers computes, answered', answered.length);
    holds('None of them by the worker that computes', !answered.includes(blocked));
    await writeFile(gate, '');
    await Promise.all(asked);
    holds('The one that waited is answered by the worker that computed', answered.at(-1) === blocked);

    const rows: Scalar[][] = [];
    let both = true;
    for (const way of ['listen', 'reusePort', 'transfer'] as const) {
      const row: Scalar[] = [
        {
          listen: 'listen on the same port',
          reusePort: 'listen with reusePort',
          transfer: 'socket moved by postMessage',
        }[way],
      ];
      for (const major of [22, 24, 26] as const) {
        const here = await port();
        const program = (await node(major)).start('one-port/threads.mjs', { args: [way, String(here)] });
        const [, ready = ''] = await program.line(/ready: (.*)/);
        if (ready.includes('EADDRINUSE')) row.push('EADDRINUSE');
        else {
          const answers = await each(way === 'transfer' ? 10 : 60, () =>
            ask(`http://127.0.0.1:${here}`),
          ).catch(() => []);
          if (way === 'reusePort') both &&= counts(answers).length === 2;
          const refused = /(\w+Error)/.exec(program.stdout)?.[1];
          row.push(refused ?? (way === 'transfer' ? counts(answers).join(' and ') : 'both answer'));
        }
        program.kill();
      }
      rows.push(row);
    }
    fact('two threads, one port', { columns: ['way', 'Node.js 22', 'Node.js 24', 'Node.js 26'], rows });
    holds('With reusePort both threads get some of 60 connections', both);

    const here = await port();
    const program = newest.start('one-port/threads.mjs', { args: ['reusePort', String(here)] });
    await program.line(/ready: /);
    const place = path.join(await folder(), 'gate');
    await ask(`http://127.0.0.1:${here}/block?gate=${encodeURIComponent(place)}`);
    await until('that thread computes', () => existsSync(`${place}.begun`));
    let done = 0;
    const forty = Array.from({ length: 40 }, async () => {
      await ask(`http://127.0.0.1:${here}`);
      done += 1;
    });
    let last = -1;
    await until('no more answers come', async () => {
      const same = done === last;
      last = done;
      await sleep(300);
      return same;
    });
    measure(
      'connections that wait for a blocked thread with reusePort',
      forty.length - done,
      `of ${forty.length}`,
    );
    holds(
      'With reusePort more than one of 40 connections waits for the thread that computes',
      forty.length - done > 1,
    );
    await writeFile(place, '');
    await Promise.all(forty);
  },
});
