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
    'Work that continues by nextTick, queueMicrotask or await stops the event loop as completely as a plain loop; setImmediate and scheduler.yield let it turn. The delay histogram shows one such stall in its maximum, and its 99th percentile misses it.',
  engines: ['node'],
  async run({ node, fact, holds, measure, series }) {
    const starved = new Set<string>();
    let [turning, waiting] = [true, true];
    for (const major of majors) {
      const ways = JSON.parse((await (await node(major)).run('starvation.cjs')).stdout) as Way[];
      const find = (name: string) => ways.find(({ way }) => way === name);
      const stuck = ways.filter(({ turned }) => turned === 0);
      starved.add(stuck.map(({ way }) => way).join(', '));
      for (const name of ['setImmediate', 'scheduler.yield']) turning &&= (find(name)?.turned ?? 0) > 100;
      waiting &&= stuck.every(({ fired }) => fired > 99);
      if (major !== 26) continue;
      series('when a timer of 1 ms fires', {
        x: 'how the work goes on',
        y: 'fired after',
        unit: 'ms',
        points: ways.map(({ way, fired }) => [way, fired]),
      });
      for (const name of ['await null', 'setImmediate', 'yield every 10 ms']) {
        measure(`1 ms timer behind ${name}`, find(name)?.fired ?? NaN, 'ms');
      }
      for (const name of ['await null', 'setImmediate']) {
        measure(`utilisation with ${name}`, (find(name)?.utilization ?? NaN) * 100, '%');
      }
      measure('turns in 100 ms of setImmediate', find('setImmediate')?.turned ?? NaN, 'turns');
    }
    holds(
      'On Node.js 22, 24 and 26 setImmediate and scheduler.yield let the loop turn more than 100 times',
      turning,
    );
    const { stdout } = await (await node()).run('delay.cjs');
    const { median, p99, max } = JSON.parse(stdout) as Record<'median' | 'p99' | 'max', number>;
    measure('delay histogram, median', median, 'ms');
    measure('delay histogram, 99th percentile', p99, 'ms');
    measure('delay histogram, maximum', max, 'ms');
    holds('The median of the delay includes its resolution of 10 ms', median > 9);
    holds(
      'One stall of 300 ms in 3 s is in the maximum and not in the 99th percentile',
      max > 250 && p99 < max / 2,
    );
    holds('Without a turn the timer of 1 ms waits for the whole 100 ms', waiting);
    fact('no turn of the loop in 100 ms', [...starved].join(' or ').split(', '));
  },
});
