import { lab, type Scalar, type Step } from '#labs/index.ts';

const majors = [22, 24, 26] as const;

/** The instructions that make a function asynchronous; loads, moves and arithmetic are left out. */
const telling =
  /\b(SwitchOnGeneratorState|SuspendGenerator|ResumeGenerator|Return)\b|InvokeIntrinsic \[_(AsyncFunction\w+)\]/;

/** An await that nothing can ever resume, in two places. */
const forgotten = [
  ['in an async function', 'cjs', '(async () => { await new Promise(() => {}); })();'],
  ['at the top level of an ES module', 'mjs', 'await new Promise(() => {});'],
] as const;

const notes: Readonly<Record<string, string>> = {
  'load, up to the await':
    'Calling an async function runs it at once, on the caller’s stack, until its first await.',
  'the caller goes on':
    'load() has returned a pending promise; the rest of load is an object on the heap, in no queue.',
  'file is read: the promise is resolved':
    'A pool thread has read the file; poll runs the callback, which resolves the promise. That queues the rest of load as a microtask.',
  'load, after the await': 'The callback has returned, so the microtask runs: still inside the poll phase.',
};

export default lab({
  title: 'What await compiles to',
  claim:
    'V8 compiles an await to a call that subscribes to the promise and an instruction that suspends the function; its resumption is a microtask of whatever phase resolves the promise.',
  engines: ['node'],
  async run({ node, fact, holds, step }) {
    const traces = new Set<string>();
    const compiled: string[][] = [];
    for (const major of majors) {
      const version = await node(major);
      // #region bytecode
      const { lines } = await version.run('total.cjs', {
        flags: ['--print-bytecode', '--print-bytecode-filter=total'],
      });
      // #endregion bytecode
      const code = lines.flatMap((line) => {
        const match = telling.exec(line);
        return match ? [match[1] ?? match[2] ?? ''] : [];
      });
      compiled.push(code);
      traces.add((await version.run('await-file.cjs')).stdout);
    }
    const [on22 = [], on24 = [], on26 = []] = compiled;
    fact('bytecode', on26.join('\n'));
    holds('Node.js 24 and 26 compile to the same instructions', on24.join() === on26.join());
    fact(
      'what differs on Node.js 22',
      on22.filter((instruction, index) => instruction !== on26[index]),
    );
    const ends: Scalar[][] = [];
    for (const [where, type, source] of forgotten) {
      const codes = new Set<number | null>();
      for (const major of majors) codes.add((await (await node(major)).runSource(source, type)).code);
      ends.push([where, [...codes].join(' or ')]);
    }
    fact('awaiting what nothing can settle', {
      columns: ['where', 'exit code'],
      rows: ends,
    });
    holds('The trace is the same on Node.js 22, 24 and 26', traces.size === 1);
    for (const { who, does, phase = '', queues } of JSON.parse([...traces][0] ?? '[]') as Step[]) {
      step({
        who,
        does,
        phase,
        queues: { microtasks: queues?.['microtasks'] ?? [] },
        note: notes[does] ?? '',
      });
    }
  },
});
