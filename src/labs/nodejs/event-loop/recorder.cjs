'use strict';
/**
 * Node's own scheduling functions, each taking a name first. A name enters its queue when it is scheduled and leaves it
 * when its callback starts; every callback that has run becomes a step, with the queues as it left them.
 * The steps are printed as JSON when the process exits.
 */

const queues = { nextTick: [], microtasks: [], timers: [], check: [], close: [] };
const steps = [];
let phase = 'main script';

/** The phase that belongs to the function of Node's own that the loop called: the outermost frame of the stack. */
const phases = {
  processTimers: 'timers',
  onStreamRead: 'poll',
  processImmediate: 'check',
  '<anonymous>': 'close callbacks',
};

function outermostFrame() {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = Infinity;
  const frame = new Error().stack.split('\n').at(-1);
  Error.stackTraceLimit = stackTraceLimit;
  return /at (?:\w+\.)?(\S+) \(node:/.exec(frame)?.[1];
}

function ran(who, does) {
  const caller = outermostFrame();
  // nextTick and microtasks run inside whatever phase is on; only the loop's own callbacks change it.
  if (who === 'loop') phase = phases[caller] ?? phase;
  const after = Object.fromEntries(Object.entries(queues).map(([name, items]) => [name, [...items]]));
  steps.push({ who, does, phase, queues: after });
}

function enqueue(queue, who, name, work) {
  queues[queue].push(name);
  return () => {
    queues[queue].splice(queues[queue].indexOf(name), 1);
    work?.();
    ran(who, name);
  };
}

process.once('exit', () => process.stdout.write(`${JSON.stringify(steps)}\n`));

module.exports = {
  /** Wraps a callback that the outside world triggers. */
  arrives: (name, work) => () => {
    work();
    ran('loop', name);
  },
  setTimeout: (name, ms) => setTimeout(enqueue('timers', 'loop', name), ms),
  setImmediate: (name, work) => setImmediate(enqueue('check', 'loop', name, work)),
  nextTick: (name, work) => process.nextTick(enqueue('nextTick', 'nextTick', name, work)),
  then: (name, work) => Promise.resolve().then(enqueue('microtasks', 'microtask', name, work)),
  destroy: (name, socket) => socket.once('close', enqueue('close', 'loop', name)).destroy(),
  /** The code that runs now reached this point. */
  reached: (name) => ran('script', name),
};
