import { lab, type Scalar } from '#labs/index.ts';

/** What await-ticks.mjs prints. */
interface Output {
  readonly rows: readonly (readonly [awaited: string, native: number, byHand: number, byOldRule: number])[];
  readonly nanoseconds: number;
}

const majors = [22, 24, 26] as const;

/** The instructions that make a function asynchronous; loads, moves and arithmetic are left out. */
const telling =
  /\b(SwitchOnGeneratorState|SuspendGenerator|ResumeGenerator|Return)\b|InvokeIntrinsic \[_(AsyncFunction\w+)\]/;

export default lab({
  title: 'What an await is, and how many microtasks it takes',
  claim:
    'V8 compiles an await to a subscription and a suspended generator, and a generator driven by promise.then takes exactly as many microtasks: one for a native promise, two or three for thenables, subclasses and returned promises.',
  engines: ['node'],
  alone: true,
  async run({ node, fact, holds, measure }) {
    let equal = true;
    const compiled: string[][] = [];
    const returning = new Map<string, readonly (readonly Scalar[])[]>();
    const tables = new Map<string, readonly (readonly Scalar[])[]>();
    for (const major of majors) {
      const version = await node(major);
      const output = JSON.parse((await version.run('await-ticks.mjs')).stdout) as Output;
      const { stdout } = await version.run('returning.cjs');
      returning.set(stdout, JSON.parse(stdout) as Scalar[][]);
      tables.set(JSON.stringify(output.rows), output.rows);
      const { lines } = await version.run('total.cjs', {
        flags: ['--print-bytecode', '--print-bytecode-filter=total'],
      });
      compiled.push(
        lines.flatMap((line) => {
          const match = telling.exec(line);
          return match ? [match[1] ?? match[2] ?? ''] : [];
        }),
      );
      measure(`one await on Node.js ${major}`, output.nanoseconds, 'ns');
      equal &&= output.rows.every(([, native, byHand]) => native === byHand);
    }
    holds('A generator driven by hand takes as many microtasks as await', equal);
    holds(
      'Counts and returns are the same on Node.js 22, 24 and 26',
      tables.size === 1 && returning.size === 1,
    );
    const [on22 = [], on24 = [], on26 = []] = compiled;
    fact('bytecode of a function with one await', on26.join('\n'));
    holds(
      'Node.js 24 compiles to the same instructions as 26, and Node.js 22 differs in one name',
      on24.join() === on26.join() &&
        on22.length === on26.length &&
        on22.filter((instruction, index) => instruction !== on26[index]).length === 1,
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
