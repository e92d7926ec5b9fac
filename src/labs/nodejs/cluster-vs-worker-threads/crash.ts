import { writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import path from 'node:path';
import { lab, type Scalar } from '#labs/index.ts';

const failures = [
  'throws an error',
  'rejects a promise',
  'calls process.exit(3)',
  'fills its heap',
  'crashes in native code',
  'gets SIGKILL',
] as const;

/** True while there is a process with this id. */
function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** What one request gets: the body, or the code of the error. */
const ask = (port: number, agent?: Agent): Promise<string> =>
  new Promise((resolve) => {
    get({ port, host: '127.0.0.1', agent: agent ?? false }, (response) => {
      let body = '';
      response.on('data', (data: Buffer) => (body += data.toString()));
      response.on('end', () => {
        resolve(body);
      });
    }).on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
  });

export default lab({
  title: 'What one failing worker takes with it',
  claim:
    'A thread that throws, exits or fills its JavaScript heap ends alone, provided that somebody listens for its error; a native crash or a SIGKILL ends every thread of the process, and only the one process of a cluster.',
  engines: ['node'],
  async run({ node, port, folder, until, fact }) {
    const rows: Scalar[][] = [];
    for (const failure of failures) {
      const ends: string[] = [];
      for (const kind of ['thread', 'process']) {
        const run = await (await node()).run('crash/host.mjs', { args: [kind, failure] });
        ends.push(
          run.code === 0
            ? `alone: ${run.stdout.trim()}`
            : `everything: ${run.signal ?? `exit code ${run.code}`}`,
        );
      }
      rows.push([failure, ...ends]);
    }
    fact('what ends', { columns: ['a worker …', 'as a thread', 'as a process of a cluster'], rows });

    const deaf = await (
      await node()
    ).run('crash/host.mjs', { args: ['thread', 'throws an error', 'no listener'] });
    fact('exit code of the process when nobody listens for the error of a thread', deaf.code);

    const ends: Scalar[][] = [];
    for (const [what, signal, handler] of [
      ['SIGTERM, no handler', 'SIGTERM', 'without'],
      ['SIGTERM, handler calls cluster.disconnect()', 'SIGTERM', 'with a handler'],
      ['SIGKILL', 'SIGKILL', 'with a handler'],
    ] as const) {
      const at = String(await port());
      const gate = path.join(await folder(), 'gate');
      // #region signal
      const primary = (await node()).start('crash/primary.mjs', { args: [at, gate, handler] });
      const [, worker] = await primary.line(/worker (\d+) listening/);
      const payment = fetch(`http://127.0.0.1:${at}/`, { headers: { connection: 'close' } })
        .then((response) => response.text())
        .catch(() => 'connection reset');
      await primary.line(/request began/);
      primary.kill(signal); // the primary alone, as an orchestrator does
      if (signal === 'SIGTERM' && handler === 'with a handler') await writeFile(gate, '');
      const answer = await payment;
      // #endregion signal
      await until('the worker is gone', () => !alive(Number(worker)));
      ends.push([what, answer]);
    }
    fact('a request in a worker when the primary gets', {
      columns: ['signal', 'the client sees'],
      rows: ends,
    });

    const later: Scalar[][] = [];
    for (const handler of ['with a handler', 'with a handler in both'] as const) {
      const at = await port();
      const gate = path.join(await folder(), 'gate');
      const primary = (await node()).start('crash/primary.mjs', { args: [String(at), gate, handler] });
      await primary.line(/listening/);
      // #region kept
      const agent = new Agent({ keepAlive: true, maxSockets: 1 }); // as a proxy does
      const first = ask(at, agent);
      await primary.line(/request began/);
      primary.kill('SIGTERM');
      await primary.line(/leaving/);
      await until('the port is closed', async () => (await ask(at)) === 'ECONNREFUSED');
      await writeFile(gate, ''); // the request may end now
      const answers = [await first, await ask(at, agent), await ask(at, agent), await ask(at, agent)];
      // #endregion kept
      agent.destroy();
      primary.kill('SIGKILL');
      later.push([
        handler === 'with a handler' ? 'cluster.disconnect()' : 'and Connection: close in the worker',
        ...answers,
      ]);
    }
    fact('four requests on one kept connection, SIGTERM during the first', {
      columns: ['SIGTERM leads to', 'first', 'second', 'third', 'fourth'],
      rows: later,
    });

    const outside = await (
      await node()
    ).runSource(`
      import { Worker } from 'node:worker_threads';
      const worker = new Worker(\`
        const { parentPort } = require('node:worker_threads');
        parentPort.postMessage(Buffer.alloc(200 * 2 ** 20, 1).length / 2 ** 20);
      \`, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 } });
      worker.on('message', (megabytes) => console.log(megabytes));
    `);
    fact('buffer that a thread limited to 32 MB of heap could allocate', Number(outside.stdout), 'MB');
  },
});
