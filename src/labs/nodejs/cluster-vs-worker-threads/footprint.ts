import { lab, type Scalar } from '#labs/index.ts';

interface Output {
  /** MB that one worker adds, of memory that is written and not shared with another process. */
  readonly each: number;
  /** MB resident in the last process, shared pages included. */
  readonly resident: number;
  /** Milliseconds from start to its first message. */
  readonly start: number;
}

interface Echo {
  readonly what: string;
  readonly way: string;
  readonly microseconds: number;
}

export default lab({
  title: 'What a thread and a process cost',
  claim:
    'An empty thread takes less memory than an empty process, but each loads the application’s modules again, and then they cost about the same; what arrives on the other side depends on the channel.',
  engines: ['node'],
  alone: true,
  async run({ node, fact, holds, measure, series }) {
    const newest = await node();
    const points: Record<string, [string, number][]> = { thread: [], process: [] };
    const each: Record<string, number> = {};
    for (const load of ['empty', 'with pg, zod and pino', 'with a library']) {
      for (const kind of ['thread', 'process']) {
        const { stdout } = await newest.run('footprint/host.mjs', { args: [kind, load] });
        const output = JSON.parse(stdout) as Output;
        each[`${kind} ${load}`] = output.each;
        points[kind]?.push([load, output.each]);
        measure(`memory of a ${kind}, ${load}`, output.each, 'MB');
        measure(`start of a ${kind}, ${load}`, output.start, 'ms');
        if (`${kind} ${load}` === 'process empty')
          measure('resident size of a process, empty', output.resident, 'MB');
      }
    }
    series('memory of one more worker', { x: 'what it has loaded', y: 'memory', unit: 'MB', points });
    const ratio = (load: string): number =>
      (each[`process ${load}`] ?? NaN) / (each[`thread ${load}`] ?? NaN);
    measure('processes to threads, empty', ratio('empty'), '×');
    measure('processes to threads, with a library', ratio('with a library'), '×');
    holds('An empty process takes more memory than an empty thread', ratio('empty') > 1.1);
    holds(
      'With the library neither takes twice as much as the other',
      ratio('with a library') > 0.5 && ratio('with a library') < 2,
    );
    holds(
      'The library costs a thread more than five times what the thread itself costs',
      (each['thread with a library'] ?? 0) > 5 * (each['thread empty'] ?? Infinity),
    );

    const echo = JSON.parse((await newest.run('footprint/echo.mjs')).stdout) as Echo[];
    for (const { what, way, microseconds } of echo)
      measure(`${what} there and back, ${way}`, microseconds, 'µs');

    const rows = JSON.parse((await newest.run('footprint/messages.mjs')).stdout) as Scalar[][];
    fact('what arrives', { columns: ['sent', 'process, by default', 'process, advanced', 'thread'], rows });
  },
});
