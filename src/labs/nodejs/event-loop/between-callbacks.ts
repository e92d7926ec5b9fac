import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lab, type Scalar, type Step } from '#labs/index.ts';

const majors = [22, 24, 26] as const;

/** Why each callback of the two drains runs where it does. */
const notes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'drain.cjs': {
    'end of the script': 'Both queues hold what the script put there.',
    'tick 1': 'The nextTick queue first. This tick queues a promise and another tick.',
    'tick 2': 'Queued while the queue was being drained, so it still runs before any promise.',
    'promise 1': 'Only when no tick is left, the microtasks. This one queues a tick and another promise.',
    'promise 4': 'Queued while the microtasks were being drained, so it runs before tick 3.',
    'tick 3': 'The microtasks are empty, so Node.js looks at the ticks again.',
  },
  'drain.mjs': {
    'end of the script': 'The same queues, but the module itself ran as a microtask.',
    'promise 1': 'The microtask queue is being drained already, so it goes on until it is empty.',
    'promise 4': 'New microtasks still come before the ticks that wait.',
    'tick 1': 'Now the nextTick queue, in the order of its entries.',
  },
};

// #region contexts
const both = `
  process.nextTick(() => console.log('nextTick'));
  Promise.resolve().then(() => console.log('promise'));
`;

/** The same two lines in different places; each value is a file's ending and its text. */
const contexts = (folder: string): Readonly<Record<string, readonly ['cjs' | 'mjs', string]>> => ({
  'CommonJS, top level': ['cjs', both],
  'CommonJS, after an await': ['cjs', `(async () => { await null; ${both} })();`],
  'CommonJS file that an ES module imports': ['mjs', `import '${folder}/both.cjs';`],
  'ES module, top level': ['mjs', both],
  'ES module, in a timer': ['mjs', `setTimeout(() => { ${both} });`],
  'ES module loaded by require()': ['cjs', `require('${folder}/both.mjs');`],
});
// #endregion contexts

// #region two-timers
const twoTimers = `
  for (const n of [1, 2]) {
    setTimeout(() => {
      console.log('timer ' + n);
      Promise.resolve().then(() => console.log('promise ' + n));
      process.nextTick(() => console.log('tick ' + n));
    });
  }
`;
// #endregion two-timers

export default lab({
  title: 'What runs between two callbacks',
  claim:
    'After every callback Node.js runs nextTicks until none is left, then microtasks until none is left, and repeats; code that itself runs in a microtask sees its promises first.',
  engines: ['node'],
  async run({ node, folder, fact, holds, scene, step }) {
    const place = await folder();
    for (const type of ['cjs', 'mjs']) await writeFile(path.join(place, `both.${type}`), both);

    let same = true;
    const rows: Scalar[][] = [];
    for (const [context, [type, source]] of Object.entries(contexts(place))) {
      const orders = new Set<string>();
      for (const major of majors)
        orders.add((await (await node(major)).runSource(source, type)).lines.join(', then '));
      same &&= orders.size === 1;
      rows.push([context, [...orders][0] ?? '']);
    }
    fact('what runs first', { columns: ['where the two lines stand', 'order'], rows });

    const orders = new Set<string>();
    for (const major of majors)
      orders.add((await (await node(major)).runSource(twoTimers, 'cjs')).lines.join(', '));
    same &&= orders.size === 1;
    fact('two timers', [...orders][0] ?? '');

    for (const [program, title] of [
      ['drain.cjs', 'The script is CommonJS'],
      ['drain.mjs', 'The same script as an ES module'],
    ] as const) {
      const traces = new Set<string>();
      for (const major of majors) traces.add((await (await node(major)).run(program)).stdout);
      same &&= traces.size === 1;
      scene(title);
      for (const each of JSON.parse([...traces][0] ?? '[]') as Step[]) {
        const note = notes[program]?.[each.does];
        const { nextTick = [], microtasks = [] } = each.queues ?? {};
        step({ ...each, queues: { nextTick, microtasks }, ...(note === undefined ? {} : { note }) });
      }
    }
    holds('Every order and both traces are the same on Node.js 22, 24 and 26', same);
  },
});
