import { lab, type Step } from '#labs/index.ts';

/** Why each callback runs where it does, by its name in the program. */
const notes: Readonly<Record<string, string>> = {
  data: 'Bytes arrived on the socket. The callback schedules all the others and then works for 5 ms, so its timer is overdue when it returns.',
  'tick 1':
    'The callback has returned. The nextTick queue goes first, although the promise was queued before it.',
  'promise 1': 'Then the microtasks, until none is left. Only now may the loop go on.',
  'immediate 1': 'Poll has nothing more to run. Check comes next, before the overdue timer.',
  'tick 2': 'Between two immediates: since Node.js 11 the queues are drained after every callback.',
  'promise 2': 'The second immediate still waits.',
  'immediate 2': 'Now the second immediate of this turn.',
  close: 'The destroyed socket reports that it is closed.',
  timer: 'The loop reads the clock again and runs what is due. The turn ends here.',
  'immediate 3': 'Queued while check was running, so it waited for the check phase of the next turn.',
};

export default lab({
  title: 'One turn of the loop, from a packet to the next turn',
  claim:
    'After an I/O callback Node.js drains nextTick and microtasks, then runs immediates, close callbacks and due timers in this order, and drains both queues again after every single callback.',
  engines: ['node'],
  async run({ node, fact, holds, step }) {
    const traces: string[] = [];
    for (const major of [22, 24, 26] as const) {
      const { stdout } = await (await node(major)).run('loop-turn.cjs');
      traces.push(stdout);
    }
    const steps = JSON.parse(traces.at(-1) ?? '[]') as Step[];
    for (const { queues = {}, ...each } of steps) {
      const { nextTick = [], microtasks = [], ...phases } = queues;
      const waiting = Object.fromEntries(Object.entries(phases).filter(([, items]) => items.length > 0));
      step({ ...each, queues: { nextTick, microtasks, ...waiting }, note: notes[each.does] ?? '' });
    }
    fact(
      'order',
      steps.map(({ does }) => does),
    );
    holds(
      'The whole trace, queues included, is the same on Node.js 22, 24 and 26',
      new Set(traces).size === 1,
    );
  },
});
