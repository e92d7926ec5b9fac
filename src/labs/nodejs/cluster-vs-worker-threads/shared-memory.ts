import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { lab, type Scalar } from '#labs/index.ts';

const times = 200_000;
const runs = 20;

export default lab({
  title: 'Shared memory races without Atomics',
  claim:
    'Two threads that each add one to a shared counter lose an addition; Atomics make one slot safe, a lock makes several slots safe, and a lock survives the thread that held it.',
  engines: ['node'],
  async run({ node, fact, measure, step, scene, defer }) {
    // #region shared
    const memory = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT);
    const slots = new Int32Array(memory); // 0: the counter, 1: a lock, 2: a starting line
    const start = (): Worker =>
      new Worker(new URL('shared-memory/worker.mjs', import.meta.url), { workerData: memory });
    const [t1, t2] = [start(), start()];
    // #endregion shared
    defer(async () => {
      await Promise.all([t1.terminate(), t2.terminate()]);
    });

    const ask = async (worker: Worker, message: { does: string; times?: number }): Promise<unknown> => {
      worker.postMessage(message);
      const [answer] = (await once(worker, 'message')) as unknown[];
      return answer;
    };
    const does = async (worker: Worker, operation: string, note?: string): Promise<void> => {
      const answer = await ask(worker, { does: operation });
      step({
        who: worker === t1 ? 'Thread 1' : 'Thread 2',
        does: operation,
        result: String(answer),
        ...(note === undefined ? {} : { note }),
        queues: { counter: [String(slots[0])] },
      });
    };

    // #region race
    scene('Without Atomics');
    await does(t1, 'read the counter');
    await does(t2, 'read the counter', 'counter++ is a read and a write, and nothing keeps them together.');
    await does(t1, 'write what I read + 1');
    await does(t2, 'write what I read + 1', 'Writes 1 again. The addition of thread 1 is lost.');
    fact('counter after two additions', slots[0] ?? NaN);
    // #endregion race

    slots[0] = 0;
    scene('The same interleaving with compareExchange');
    await does(t1, 'read the counter');
    await does(t2, 'read the counter');
    await does(
      t1,
      'compareExchange what I read, + 1',
      'Returns what it found. 0 is what was read, so 1 was stored.',
    );
    await does(t2, 'compareExchange what I read, + 1', 'Found 1 instead of 0, so it stored nothing.');
    await does(t2, 'read the counter', 'Try again, from the read.');
    await does(t2, 'compareExchange what I read, + 1');
    fact('counter after two additions by compareExchange', slots[0]);

    /** Both threads add one so many times; returns the counter and the milliseconds it took. */
    const both = async (way: string, times: number): Promise<{ counter: number; ms: number }> => {
      slots.fill(0);
      const began = performance.now();
      await Promise.all([t1, t2].map((worker) => ask(worker, { does: way, times })));
      return { counter: slots[0] ?? NaN, ms: performance.now() - began };
    };
    for (const each of [20_000, 4_000_000]) {
      let wrong = 0;
      for (let run = 0; run < runs; run += 1) {
        if ((await both('plain ++', each)).counter < 2 * each) wrong += 1;
      }
      measure(`runs with a wrong sum, 2 × ${each} additions by plain ++`, wrong, `of ${runs}`);
    }

    const rows: Scalar[][] = [];
    for (const way of ['Atomics.add', 'lock and ++']) {
      const { counter, ms } = await both(way, times);
      rows.push([way, counter]);
      measure(`${2 * times} additions by ${way}`, ms, 'ms');
    }
    fact(`counter after 2 × ${times} additions`, { columns: ['way', 'counter'], rows });

    // #region orphan
    slots.fill(0);
    await ask(t1, { does: 'lock' });
    await t1.terminate(); // or an error, or its heap is full
    const freed = Atomics.wait(slots, 1, 1, 100); // wait until the lock is not 1
    // #endregion orphan
    fact('waiting for the lock of a thread that has ended', freed);
    const main = new Set<string>();
    for (const major of [22, 24, 26] as const) {
      const { stdout } = await (
        await node(major)
      ).runSource(`
        const slot = new Int32Array(new SharedArrayBuffer(4));
        let fired = false;
        setTimeout(() => (fired = true), 1);
        console.log(Atomics.wait(slot, 0, 0, 50), fired ? 'the timer has fired' : 'the loop stood still');
      `);
      main.add(stdout.trim());
    }
    fact('Atomics.wait for 50 ms on the main thread', [...main].join(' or '));
    fact('lock after its holder has ended', slots[1] === 1 ? 'still locked' : 'free');
  },
});
