import { lab, type Scalar } from '#labs/index.ts';

/** What await-ticks.mjs prints. */
interface Output {
  readonly rows: readonly (readonly [awaited: string, native: number, byHand: number, byOldRule: number])[];
  readonly nanoseconds: number;
}

const majors = [22, 24, 26] as const;

export default lab({
  title: 'How many microtasks an await takes',
  claim:
    'Awaiting a native promise takes one microtask, exactly as a generator driven by promise.then does; thenables, subclasses and returning a promise from an async function take two or three.',
  engines: ['node'],
  alone: true,
  async run({ node, fact, holds, measure }) {
    let equal = true;
    const returning = new Map<string, readonly (readonly Scalar[])[]>();
    const tables = new Map<string, readonly (readonly Scalar[])[]>();
    for (const major of majors) {
      const version = await node(major);
      const output = JSON.parse((await version.run('await-ticks.mjs')).stdout) as Output;
      const { stdout } = await version.run('returning.cjs');
      returning.set(stdout, JSON.parse(stdout) as Scalar[][]);
      tables.set(JSON.stringify(output.rows), output.rows);
      measure(`one await on Node.js ${major}`, output.nanoseconds, 'ns');
      equal &&= output.rows.every(([, native, byHand]) => native === byHand);
    }
    holds('A generator driven by hand takes as many microtasks as await', equal);
    holds(
      'Counts and returns are the same on Node.js 22, 24 and 26',
      tables.size === 1 && returning.size === 1,
    );
    const rows = [...tables.values()][0] ?? [];
    fact('microtasks until the function goes on', {
      columns: ['await …', 'native', 'by hand', 'before 2019'],
      rows,
    });
    fact('return with and without await', {
      columns: ['in a try block', 'the rejection is', 'in the stack trace'],
      rows: [...returning.values()][0] ?? [],
    });
  },
});
