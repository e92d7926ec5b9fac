import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { lab } from '#labs/index.ts';
import { needsNamespaces } from '../../infrastructure/kubernetes-and-docker/pid-1/namespace.ts';

/** What memory.cjs prints: growth in MiB of each number of process.memoryUsage(). */
type Growth = Readonly<Record<'rss' | 'heapUsed' | 'external' | 'arrayBuffers', number>>;

/** What pressure.cjs prints. */
interface Pressure {
  readonly major: number;
  readonly gc: number;
  readonly took: number;
}

const lastWords = (stderr: string): string =>
  /JavaScript heap out of memory|ERR_WORKER_OUT_OF_MEMORY/.exec(stderr)?.[0] ?? '';

export default lab({
  title: 'The heap limit is not a memory limit',
  claim:
    '--max-old-space-size ends a process whose objects outgrow it, and lets Buffers and workers grow far beyond it; just below the limit the collector takes most of the time. A process 1 that runs out of heap does not end with 134.',
  engines: ['node'],
  async run({ node, fact, holds, measure }) {
    needsNamespaces();
    const node26 = await node();
    const grown = async (kind: string): Promise<Growth> =>
      JSON.parse((await node26.run('memory-limits/memory.cjs', { args: [kind] })).stdout) as Growth;
    const rows = await Promise.all(
      ['objects', 'Buffers', 'objects in a worker'].map(async (kind) => {
        const growth = await grown(kind);
        const counts = (name: keyof Growth) => (growth[name] > 80 ? 'yes' : 'no');
        return [kind, counts('heapUsed'), counts('external'), counts('rss')];
      }),
    );
    fact('which number grows with 100 MiB', { columns: ['100 MiB of', 'heapUsed', 'external', 'rss'], rows });

    const end = async (kind: string, size: number, workers: number) => {
      const { code, signal, stdout, stderr } = await node26.run('memory-limits/memory.cjs', {
        args: [kind, String(size), String(workers)],
        flags: ['--max-old-space-size=64'],
      });
      if (kind === 'Buffers')
        measure('rss with Buffers under the limit', (JSON.parse(stdout) as Growth).rss, 'MiB');
      if (workers > 1)
        measure('rss with 4 workers under the limit', (JSON.parse(stdout) as Growth).rss, 'MiB');
      return [
        workers > 1 ? `${size} MiB of objects in each of ${workers} workers` : `${size} MiB of ${kind}`,
        signal ?? `exit code ${code ?? ''}`,
        lastWords(stderr),
      ];
    };
    const ends = await Promise.all([
      end('objects', 100, 1),
      end('Buffers', 300, 1),
      end('objects in a worker', 100, 1),
      end('objects in a worker', 40, 4),
    ]);
    fact('how it ends with a limit of 64 MiB', {
      columns: ['process with', 'ends with', 'last words'],
      rows: ends,
    });

    // #region process-1
    // As in a container whose command is `node`: the first process of its namespace.
    const namespace = ['--user', '--map-root-user', '--pid', '--fork', '--mount-proc', '--'];
    const program = [node26.program, '--max-old-space-size=64', 'memory-limits/memory.cjs', 'objects', '100'];
    const first = spawnSync('unshare', [...namespace, ...program], { cwd: import.meta.dirname });
    // An init process above it, as `docker run --init` puts there; here the shell is process 1.
    const underShell = ['sh', '-c', '"$@"; exit $?', 'sh', ...program];
    const below = spawnSync('unshare', [...namespace, ...underShell], { cwd: import.meta.dirname });
    // #endregion process-1
    fact('how 100 MiB of objects end a container', {
      columns: ['node is', 'ends with', 'last words'],
      rows: [
        [
          'process 1',
          `${first.signal ?? ''}, so ${128 + constants.signals[first.signal ?? 'SIGKILL']}`,
          lastWords(String(first.stderr)),
        ],
        ['below process 1', `exit code ${below.status ?? ''}`, lastWords(String(below.stderr))],
      ],
    });

    const under = async (size: number): Promise<Pressure> =>
      JSON.parse(
        (await node26.run('memory-limits/pressure.cjs', { flags: [`--max-old-space-size=${size}`] })).stdout,
      ) as Pressure;
    const [tight, roomy] = [await under(72), await under(512)];
    for (const [name, { major, gc, took }] of [
      ['a limit of 72 MiB', tight],
      ['a limit of 512 MiB', roomy],
    ] as const) {
      measure(`full collections under ${name}`, major, 'collections');
      measure(`share of the time collecting under ${name}`, (gc / took) * 100, '%');
      measure(`same work under ${name}`, took, 'ms');
    }
    holds('The same work takes more full collections close to the limit', tight.major > roomy.major);
  },
});
