import { lab, type Scalar } from '#labs/index.ts';

const starts = 12;

export default lab({
  title: 'setTimeout(0) against setImmediate',
  claim:
    'In the main module the order depends on whether the clock of libuv moves before the loop first looks at its timers; inside an I/O callback the immediate is always first.',
  engines: ['node'],
  async run({ node, fact, holds, measure }) {
    const newest = await node();
    for (const work of [0, 0.5, 1]) {
      let timeoutFirst = 0;
      for (let start = 0; start < starts; start += 1) {
        const { lines } = await newest.runRegion('timeout-vs-immediate.cjs#race', { args: [String(work)] });
        if (lines[0] === 'timeout') timeoutFirst += 1;
      }
      measure(`timeout first with ${work} ms of work left`, timeoutFirst, `of ${starts}`);
    }

    const fixed = new Map<string, readonly (readonly Scalar[])[]>();
    for (const major of [22, 24, 26] as const) {
      const version = await node(major);
      const late = await version.runRegion('timeout-vs-immediate.cjs#race', { args: ['5'] });
      const { stdout } = await version.runRegion('timeout-vs-immediate.cjs#io');
      const { immediate = 0, timeout = 0 } = JSON.parse(stdout) as Record<string, number>;
      const rows = [
        ['main module with 5 ms of work left', late.lines.join(', then ')],
        ['I/O callback, 200 rounds', `immediate first ${immediate}, timeout first ${timeout}`],
      ];
      fixed.set(JSON.stringify(rows), rows);
    }
    holds('Where the order is fixed, it is the same on Node.js 22, 24 and 26', fixed.size === 1);
    fact('where the order is fixed', { columns: ['where', 'order'], rows: [...fixed.values()][0] ?? [] });

    const delay = await newest.runSource('console.log(setTimeout(() => {}, 0)._idleTimeout)');
    fact('delay that setTimeout(0) gets', Number(delay.stdout), 'ms');
    const long = await newest.runSource(`
      const start = performance.now();
      setTimeout(() => console.log(performance.now() - start < 60_000), 2 ** 31);
    `);
    fact('setTimeout(fn, 2 ** 31) fires at once', long.stdout.trim() === 'true');
    fact('with the warning', /(TimeoutOverflowWarning)/.exec(long.stderr)?.[1] ?? '');
  },
});
