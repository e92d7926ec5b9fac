import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Piscina } from 'piscina';
import { EngineMissing } from '#labs/engines/engine.ts';
import { lab, type Point, type Scalar } from '#labs/index.ts';
import { slots } from './overload/worker.ts';

const ticks = 30;
const patience = 4; // ticks until a caller leaves

export default lab({
  title: 'Twice the load a pool can do',
  claim:
    'With an unbounded queue a pool at twice its capacity soon works only for callers who have left; with a queue of two, or a deadline that the task reads first, every tick serves a caller who still waits. The defaults are an unbounded queue and one and a half threads a core.',
  engines: ['node'],
  async run({ node, fact, series, until }) {
    const pin = promisify(execFile);
    await pin('taskset', ['--version']).catch(() => {
      throw new EngineMissing('pinning to a core: taskset is not on PATH. It needs Linux and util-linux.');
    });
    const waits: Record<string, Point[]> = {};
    const rows: Scalar[][] = [];
    const refusals = new Set<string>();
    for (const [policy, label, maxQueue, deadline] of [
      ['queue without bound', 'no bound', Infinity, Infinity],
      ['queue of 2', 'bound 2', 2, Infinity],
      ['deadline read first', 'deadline', Infinity, patience],
    ] as const) {
      const shared = new Int32Array(new SharedArrayBuffer(8));
      const filename = new URL('overload/worker.ts', import.meta.url).href;
      const pool = new Piscina({ filename, maxThreads: 1, maxQueue, stricterFIFO: true });
      const arrived: number[] = [];
      const points: Point[] = [];
      let [inTime, late, refused, skipped] = [0, 0, 0, 0];
      let now = 0;
      // #region tick
      for (; now < ticks; now += 1) {
        for (let caller = 0; caller < 2; caller += 1) {
          const id = arrived.push(now) - 1;
          pool.run({ shared, id, until: now + deadline }).then(served, refuse);
        }
        await until('the thread is at work', () => Atomics.load(shared, slots.waiting) === 1);
        const before = points.length;
        Atomics.add(shared, slots.now, 1); // it may end this one task
        Atomics.notify(shared, slots.now);
        await until('its answer is here', () => points.length > before);
      }
      // #endregion tick
      rows.push([label, inTime, late, refused + skipped, arrived.length - inTime - late - refused - skipped]);
      if (deadline === Infinity) fact(`in time, ${policy}`, inTime);
      if (maxQueue === 2) fact(`refused, ${policy}`, refused);
      waits[policy] = points;
      await pool.destroy();

      function refuse(error: Error): void {
        refused += 1;
        if (now < ticks) refusals.add(error.message); // not those that the end of the lab refuses
      }
      function served(id: number): void {
        if (id < 0) {
          skipped += 1;
          return;
        }
        const wait = now + 1 - (arrived[id] ?? NaN);
        points.push([now + 1, wait]);
        if (wait <= patience) inTime += 1;
        else late += 1;
      }
    }
    fact(`${ticks} ticks, two callers in each, one task a tick`, {
      columns: ['policy', 'in time', 'late', 'no', 'left'],
      rows,
    });
    fact('what the refused hear', [...refusals].join(', '));
    series('how long the served caller waited', {
      x: 'tick',
      y: 'wait',
      unit: 'ticks',
      exact: true,
      points: waits,
    });

    const version = await node();
    const script = path.join(import.meta.dirname, 'overload/sizes.ts');
    const core = /Cpus_allowed_list:\s*(\d+)/.exec(await readFile('/proc/self/status', 'utf8'))?.[1] ?? '0';
    // #region pinned
    const { stdout } = await pin('taskset', ['-c', core, version.program, script]);
    // #endregion pinned
    const sizes = JSON.parse(stdout) as { parallelism: number; threads: number; queue: string };
    fact('availableParallelism on one core', sizes.parallelism);
    fact('maxThreads on one core', sizes.threads);
    fact('maxQueue', sizes.queue);
  },
});
