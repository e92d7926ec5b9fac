import { stat } from 'node:fs/promises';
import path from 'node:path';
import { lab, type Scalar } from '#labs/index.ts';

export default lab({
  title: 'A file larger than the heap',
  claim:
    'With a heap of 64 MB a file that is read whole ends the process, and read line by line it gives its sum; writes that ignore back-pressure queue most of the file in memory, a pipeline only a few pieces.',
  engines: ['node'],
  async run({ node, folder, fact, holds, measure }) {
    const version = await node();
    const file = path.join(await folder(), 'orders.ndjson');
    await version.run('stream/import.ts', { args: ['make', file] });
    const { size } = await stat(file);
    measure('size of the file', size / 1e6, 'MB');

    const run = async (way: string): Promise<{ answer: number; rss: number; end: Scalar }> => {
      const { stdout, stderr, code, signal } = await version.run('stream/import.ts', {
        args: [way, file],
        flags: ['--max-old-space-size=64'],
      });
      if (code === 0) return { ...(JSON.parse(stdout) as { answer: number; rss: number }), end: 'answers' };
      const end = /JavaScript heap out of memory/.exec(stderr)?.[0] ?? 'another error';
      return { answer: NaN, rss: NaN, end: `${signal ?? code}: ${end}` };
    };
    const whole = await run('read it whole');
    const lines = await run('line by line');
    fact('with a heap of 64 MB', {
      columns: ['way', 'ends with'],
      rows: [
        ['read it whole', whole.end],
        ['line by line', lines.end],
      ],
    });
    fact('sum of the cents, line by line', lines.answer);
    measure('memory of line by line', lines.rss, 'MB');

    const ignored = await run('write without waiting');
    const piped = await run('pipeline');
    measure('waiting in front of the store, without waiting', ignored.answer / 1e6, 'MB');
    measure('waiting in front of the store, pipeline', piped.answer / 1e3, 'kB');
    measure('memory of write without waiting', ignored.rss, 'MB');
    measure('memory of pipeline', piped.rss, 'MB');
    holds('Without waiting at least ten times as much queues up', ignored.answer > 10 * piped.answer);
  },
});
