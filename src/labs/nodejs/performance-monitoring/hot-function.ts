import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { lab } from '#labs/index.ts';

/** A `.cpuprofile`: a tree of functions, and for each sample the node that was on top of the stack. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

/** What service.cjs prints, in milliseconds. */
interface Output {
  readonly took: number;
  readonly queries: number;
  readonly waited: number;
}

// #region self-and-total
/** Self time: the function was on top of the stack. Total time: it was anywhere on it. Both in ms. */
function times({ nodes, samples, timeDeltas }: Profile) {
  const byId = new Map(nodes.map((each) => [each.id, each]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const [self, total] = [new Map<string, number>(), new Map<string, number>()];
  const add = (to: Map<string, number>, name: string, ms: number) => to.set(name, (to.get(name) ?? 0) + ms);
  samples.forEach((top, index) => {
    const ms = (timeDeltas[index] ?? 0) / 1000;
    const stack = new Set<string>();
    for (let id: number | undefined = top; id !== undefined; id = parents.get(id)) {
      stack.add(byId.get(id)?.callFrame.functionName ?? '');
    }
    add(self, byId.get(top)?.callFrame.functionName ?? '', ms);
    for (const name of stack) add(total, name, ms);
  });
  return { self, total };
}
// #endregion self-and-total

export default lab({
  title: 'A CPU profile names the hot function and not the slow query',
  claim:
    'The widest function by self time is the one that computes; a query that takes most of every request has next to no samples, and a tracing channel shows it.',
  engines: ['node'],
  async run({ node, folder, fact, holds, measure, series }) {
    const target = await folder();
    const { stdout } = await (
      await node()
    ).run('hot-function/service.cjs', { flags: ['--cpu-prof', `--cpu-prof-dir=${target}`] });
    const { took, queries, waited } = JSON.parse(stdout) as Output;
    const [file = ''] = readdirSync(target);
    const { self, total } = times(JSON.parse(readFileSync(path.join(target, file), 'utf8')) as Profile);
    const hottest = (of: ReadonlyMap<string, number>): string =>
      [...of].filter(([name]) => /^\w/.test(name)).sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
    fact('function with the most self time', hottest(self));
    const alive = path.join(await folder(), 'live.cpuprofile');
    await (await node()).run('hot-function/service.cjs', { env: { LIVE: alive } });
    const half = times(JSON.parse(readFileSync(alive, 'utf8')) as Profile);
    fact('the same, from half a second of a running process', hottest(half.self));
    fact('queries that the tracing channel saw', queries);
    const selfOf = (name: string): number => self.get(name) ?? 0;
    const totalOf = (name: string): number => total.get(name) ?? 0;
    series('self time in the profile', {
      x: 'function',
      y: 'self time',
      unit: 'ms',
      points: ['(idle)', 'distance', '(garbage collector)', 'suggest', 'askDatabase'].map((name) => [
        name,
        selfOf(name),
      ]),
    });
    measure('requests took', took, 'ms');
    measure('waited for the database', waited, 'ms');
    measure('share of the time waiting', (waited / took) * 100, '%');
    measure('self time of distance', selfOf('distance'), 'ms');
    measure('total time of handle', totalOf('handle'), 'ms');
    measure('total time of askDatabase', totalOf('askDatabase'), 'ms');
    holds('distance has three times the self time of suggest', selfOf('distance') > 3 * selfOf('suggest'));
    holds('handle has at least the total time of distance', totalOf('handle') >= selfOf('distance'));
    holds(
      'The query took more than a third of the time, with less than a tenth of it in samples',
      waited > took / 3 && totalOf('askDatabase') < took / 10,
    );
  },
});
