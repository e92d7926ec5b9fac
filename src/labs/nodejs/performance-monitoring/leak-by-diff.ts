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

const classes = ['Price', 'Cart', 'RequestContext', 'Page'] as const;

export default lab({
  title: 'Three snapshots tell a leak from a warm cache',
  claim:
    'Between two snapshots a filling cache looks like a leak; only what grows again by the same number is one, and its shortest path to the root names the holder.',
  engines: ['node'],
  async run({ node, folder, fact, holds, measure }) {
    const target = await folder();
    const { stdout } = await (
      await node()
    ).run('leak-by-diff/leaks.cjs', {
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
  },
});
