import { writeFileSync } from 'node:fs';
import { lab } from '#labs/index.ts';
import { makeGroup, type Limits } from './limits/cgroup.ts';

const ask = `console.log(Math.round(require('node:v8').getHeapStatistics().heap_size_limit / 2 ** 20))`;

export default lab({
  title: 'What a limit does to Node.js',
  claim:
    'A memory limit kills without a word unless V8 gives up first, and a CPU limit holds back a process that is far below it on average.',
  engines: ['node'],
  async run({ node, fact, measure, holds, defer, sleep, until }) {
    let groups = 0;
    const group = (limits: Limits) => {
      const made = makeGroup(`lab-limits-${process.pid}-${groups++}`, limits);
      defer(async () => {
        await until('the group is empty', () => { try { made.remove(); return true; } catch { return false; } }); // prettier-ignore
      });
      return made;
    };
    const enter = (members: readonly string[]): string =>
      members.map((file) => `require('node:fs').writeFileSync('${file}', '0');`).join('');
    const node26 = await node(26);

    // The limit as Node.js finds it: it asks for it when it starts, so a shell joins the group first.
    const inGroup = async (limits: Limits, flags: readonly string[], script: string) => {
      const made = group(limits);
      const join = `${enter(made.members)}
        const { status, signal, stdout, stderr } = require('node:child_process').spawnSync(process.execPath, ${JSON.stringify([...flags, ...(script.endsWith('.cjs') ? [`${import.meta.dirname}/limits/${script}`] : ['-e', script])])}, { encoding: 'utf8' });
        console.log(JSON.stringify({ status, signal, stdout, stderr }));`;
      const { stdout } = await node26.runSource(join, 'cjs');
      const run = JSON.parse(stdout) as { status: number | null; signal: string | null; stdout: string; stderr: string }; // prettier-ignore
      return { ...run, oomKills: made.oomKills() };
    };

    // #region heap-limits
    const limits = [256, 512, 1024, 2048, 8192, 15_360];
    const heapLimits = await Promise.all(limits.map(async (memory) => {
      const byDefault = await inGroup({ memory }, [], ask);
      const by75Percent = await inGroup({ memory }, ['--max-old-space-size-percentage=75'], ask);
      return [memory, Number(byDefault.stdout), Number(by75Percent.stdout)] as const;
    })); // prettier-ignore
    // #endregion heap-limits
    fact('the largest heap that Node.js allows itself', {
      columns: ['memory limit, MiB', 'by default, MiB', 'with percentage=75, MiB'],
      rows: heapLimits,
    });

    for (const [memory, byDefault] of heapLimits)
      fact(`heap by default under ${memory} MiB`, byDefault, 'MiB');

    // #region deaths
    const deaths = [
      { name: 'objects, no flag', flags: [], script: 'heap.cjs' },
      { name: 'objects, percentage=60', flags: ['--max-old-space-size-percentage=60'], script: 'heap.cjs' },
      {
        name: 'buffers, percentage=60',
        flags: ['--max-old-space-size-percentage=60'],
        script: 'buffers.cjs',
      },
    ];
    // #endregion deaths
    const rows = [];
    for (const { name, flags, script } of deaths) {
      const { status, signal, stderr, oomKills } = await inGroup({ memory: 256 }, flags, script);
      rows.push([
        name,
        oomKills > 0 ? 'the kernel' : 'V8',
        signal ?? `code ${status}`,
        /JavaScript heap out of memory/.exec(stderr)?.[0] ?? 'nothing',
      ]);
    }
    fact('growing without end under 256 MiB', {
      columns: ['what grows', 'ended by', 'with', 'last words'],
      rows,
    });

    const app = node26.start('limits/bursts.cjs');
    await app.line(/ready/);
    const burst = async (): Promise<number> => {
      const before = app.stdout.length;
      app.write('burst');
      await until('the burst is over', () => /took [\d.]+\n/.test(app.stdout.slice(before)), 30_000);
      return Number(/took ([\d.]+)\n/.exec(app.stdout.slice(before))?.[1]);
    };
    let free = Infinity; // the best of five or more, so that another program's turn does not count
    for (let i = 0; i < 5 || (free > 80 && i < 50); i++) free = Math.min(free, await burst());
    // #region throttled
    const limited = group({ cpu: 0.1 }); // 10 ms in every period of 100 ms
    for (const file of limited.members) writeFileSync(file, String(app.pid));
    const [took, began] = [[] as number[], performance.now()];
    for (let i = 0; i < 3; i++) {
      took.push(await burst()); // 40 ms of processor time
      await sleep(500);
    }
    const used = (3 * 40) / (performance.now() - began); // cores, on average
    // #endregion throttled
    measure('a burst without a limit', free, 'ms');
    measure('a burst with the limit', Math.max(...took), 'ms');
    measure('share of the limit used on average', (100 * used) / 0.1, '%');
    holds('on average it stays below its limit', used < 0.1);
    holds('it is held back in at least six periods', limited.throttledPeriods() >= 6);
    holds('each burst takes more than four times its processor time', Math.min(...took) > 160);
    holds('each burst takes more than three times as long as without a limit', Math.min(...took) > 3 * free);
    app.kill();
    await app.ended;

    // The loop is idle, and two threads of the pool use up the quota that is the loop's too.
    const quarter = group({ cpu: 0.25 });
    const { stdout } = await node26.run('limits/pool.cjs', { args: [...quarter.members] });
    measure('longest stall of an idle loop, two pool threads, a quarter of a core', Number(stdout), 'ms');
    holds('two pool threads stall an idle loop by their quota', quarter.throttledPeriods() >= 3 && Number(stdout) > 20); // prettier-ignore
  },
});
