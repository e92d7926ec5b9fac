import { lab } from '#labs/index.ts';

/** One way of keeping busy for 100 ms: turns of the loop and its utilisation meanwhile, and when a timer of 1 ms fired. */
interface Way {
  readonly way: string;
  readonly turned: number;
  readonly fired: number;
  readonly utilization: number;
}

const majors = [22, 24, 26] as const;

export default lab({
  title: 'Which loops starve the event loop',
  claim:
    'Work that continues by nextTick, queueMicrotask or await stops the event loop as completely as a plain loop; setImmediate and scheduler.yield let it turn.',
  engines: ['node'],
  async run({ node, fact, holds, measure, series }) {
    const starved = new Set<string>();
    for (const major of majors) {
      const ways = JSON.parse((await (await node(major)).run('starvation.cjs')).stdout) as Way[];
      const stuck = ways.filter(({ turned }) => turned === 0);
      starved.add(stuck.map(({ way }) => way).join(', '));
      const turning = ways.filter(({ way }) => way === 'setImmediate' || way === 'scheduler.yield');
      holds(
        `Node.js ${major}: in 100 ms of setImmediate or scheduler.yield the loop turns more than 100 times`,
        turning.length === 2 && turning.every(({ turned }) => turned > 100),
      );
      holds(
        `Node.js ${major}: without a turn the 1 ms timer waits for the whole 100 ms`,
        stuck.every(({ fired }) => fired > 99),
      );
      if (major !== 26) continue;
      for (const { way, fired, utilization } of ways) {
        measure(`1 ms timer behind ${way}`, fired, 'ms');
        measure(`utilisation with ${way}`, utilization * 100, '%');
      }
      measure('turns in 100 ms of setImmediate', turning[0]?.turned ?? NaN, 'turns');
      series('when a timer of 1 ms fires', {
        x: 'how the work goes on',
        y: 'fired after',
        unit: 'ms',
        points: ways.map(({ way, fired }) => [way, fired]),
      });
    }
    fact('no turn of the loop in 100 ms', [...starved].join(' or ').split(', '));
  },
});
