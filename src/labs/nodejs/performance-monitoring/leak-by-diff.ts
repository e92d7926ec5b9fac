import { statSync } from 'node:fs';
import { lab } from '#labs/index.ts';
import { readSnapshot } from './leak-by-diff/snapshot.ts';

/** A function in the allocation profile, with what it allocated and is still alive. */
interface Allocator {
  readonly callFrame: { readonly functionName: string };
  readonly selfSize: number;
  readonly children: readonly Allocator[];
}

/** What leaks.cjs prints. */
interface Output {
  readonly paused: number;
  readonly asked: readonly (readonly number[])[];
  readonly head: Allocator;
}

/** What snapshot-cost.cjs prints: MiB and milliseconds. */
interface Cost {
  readonly heap: number;
  readonly extra: number;
  readonly paused: number;
}

const classes = ['Price', 'Cart', 'RequestContext', 'Page'] as const;

export default lab({
  title: 'Three snapshots tell a leak from a warm cache',
  claim:
    'Between two snapshots a filling cache looks like a leak; only what grows again by the same number is one, and its shortest path to the root names the holder. What a snapshot costs depends on the number of objects and not on their size.',
  engines: ['node'],
  async run({ node, folder, fact, holds, measure }) {
    const target = await folder();
    const node26 = await node();
    const { stdout } = await node26.run('leak-by-diff/leaks.cjs', {
      args: [target],
      flags: ['--no-opt', '--no-maglev'], // no inlining, so that the sampler's stacks are the source's
    });
    const { paused, asked, head } = JSON.parse(stdout) as Output;
    const [start, first, second] = ['start', 'first', 'second'].map((name) =>
      readSnapshot(`${target}/${name}.heapsnapshot`),
    );
    if (!start || !first || !second) throw new Error('A snapshot is missing.');
    const rows = classes.map((name) => {
      const counts = [start, first, second].map((snapshot) => snapshot.count(name));
      const [before = 0, once = 0, twice = 0] = counts;
      return [name, ...counts, twice - once === once - before ? 'leak' : 'bounded'] as const;
    });
    fact('objects alive', {
      columns: ['class', 'at start', 'after 1,000 requests', 'after 2,000', 'verdict'],
      rows,
    });
    fact('what holds one of each', {
      columns: ['class', 'shortest path from the root'],
      rows: classes.map((name) => [name, second.path(name).join(' → ')]),
    });
    // What each function that `handle` calls allocated, with everything below it, and is still alive.
    const kept = new Map<string, number>();
    const sizeOf = ({ selfSize, children }: Allocator): number =>
      children.reduce((sum, child) => sum + sizeOf(child), selfSize);
    const visit = ({ callFrame, children }: Allocator): void => {
      for (const child of children) {
        const { functionName } = child.callFrame;
        if (callFrame.functionName === 'handle')
          kept.set(functionName, (kept.get(functionName) ?? 0) + sizeOf(child));
        else visit(child);
      }
    };
    visit(head);
    const [most, next] = [...kept].toSorted(([, a], [, b]) => b - a);
    fact('function whose objects stayed, by allocation sampling', most?.[0] ?? '');
    holds('It kept more than twice as much as the next function', (most?.[1] ?? 0) > 2 * (next?.[1] ?? 0));
    holds(
      'queryObjects counts the same without writing a snapshot',
      rows.every(([, , once, twice], index) => asked[0]?.[index] === once && asked[1]?.[index] === twice),
    );
    measure('pause for the snapshot', paused, 'ms');
    measure('file of the last snapshot', statSync(`${target}/second.heapsnapshot`).size / 2 ** 20, 'MiB');

    for (const kind of ['small objects', 'large arrays']) {
      const run = await node26.run('leak-by-diff/snapshot-cost.cjs', {
        args: [kind, `${target}/cost.heapsnapshot`],
        flags: ['--expose-gc'],
      });
      const { heap, extra, paused: stood } = JSON.parse(run.stdout) as Cost;
      measure(`heap with ${kind}`, heap, 'MiB');
      measure(`memory that a snapshot of ${kind} took`, extra, 'MiB');
      measure(`pause for a snapshot of ${kind}`, stood, 'ms');
      if (kind === 'small objects')
        holds('A snapshot of 200,000 small objects takes more than five times their heap', extra > 5 * heap);
      else holds('A snapshot of 60 large arrays takes less than half of theirs', extra < heap / 2);
    }
  },
});
