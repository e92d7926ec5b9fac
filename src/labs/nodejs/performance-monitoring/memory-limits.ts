import { lab } from '#labs/index.ts';

/** What memory.cjs prints: growth in MiB of each number of process.memoryUsage(). */
type Growth = Readonly<Record<'rss' | 'heapUsed' | 'external' | 'arrayBuffers', number>>;

/** What pressure.cjs prints. */
interface Pressure {
  readonly major: number;
  readonly gc: number;
  readonly took: number;
}

export default lab({
  title: 'The heap limit is not a memory limit',
  claim:
    '--max-old-space-size ends a process whose objects outgrow it, and lets Buffers and workers grow far beyond it; just below the limit the collector takes most of the time.',
  engines: ['node'],
  async run({ node, fact, holds, measure }) {
    const node26 = await node();
    const grown = async (kind: string): Promise<Growth> =>
      JSON.parse((await node26.run('memory-limits/memory.cjs', { args: [kind] })).stdout) as Growth;
    const rows = [];
    for (const kind of ['objects', 'Buffers', 'objects in a worker']) {
      const growth = await grown(kind);
      const counts = (name: keyof Growth) => (growth[name] > 80 ? 'yes' : 'no');
      rows.push([kind, counts('heapUsed'), counts('external'), counts('rss')]);
    }
    fact('which number grows with 100 MiB', { columns: ['100 MiB of', 'heapUsed', 'external', 'rss'], rows });

    const ends = [];
    for (const [kind, size, workers] of [
      ['objects', 100, 1],
      ['Buffers', 300, 1],
      ['objects in a worker', 100, 1],
      ['objects in a worker', 40, 4],
    ] as const) {
      const { code, signal, stdout, stderr } = await node26.run('memory-limits/memory.cjs', {
        args: [kind, String(size), String(workers)],
        flags: ['--max-old-space-size=64'],
      });
      const last = /JavaScript heap out of memory|ERR_WORKER_OUT_OF_MEMORY/.exec(stderr)?.[0] ?? '';
      ends.push([
        workers > 1 ? `${size} MiB of objects in each of ${workers} workers` : `${size} MiB of ${kind}`,
        signal ?? `exit code ${code ?? ''}`,
        last,
      ]);
      if (kind === 'Buffers')
        measure('rss with Buffers under the limit', (JSON.parse(stdout) as Growth).rss, 'MiB');
      if (workers > 1)
        measure('rss with 4 workers under the limit', (JSON.parse(stdout) as Growth).rss, 'MiB');
    }
    fact('how it ends with a limit of 64 MiB', {
      columns: ['process with', 'ends with', 'last words'],
      rows: ends,
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
