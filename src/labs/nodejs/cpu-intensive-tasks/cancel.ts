import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { lab, type Scalar } from '#labs/index.ts';
import { slots } from './cancel/worker.ts';

export default lab({
  title: 'Four ways to stop a task',
  claim:
    'A timeout beside the task stops nothing; a signal removes a waiting task, and ends a running one by killing its thread without running finally; a flag in shared memory stops it cleanly. A regular expression starves the timers of its thread; the timeout of vm ends it, and so does the end of the thread.',
  engines: ['node'],
  async run({ defer, fact, holds, measure, sleep, step, until }) {
    const pool = new Piscina({
      filename: new URL('cancel/worker.ts', import.meta.url).href,
      minThreads: 1,
      maxThreads: 1,
    });
    defer(() => pool.destroy());
    const memory = (): Int32Array => new Int32Array(new SharedArrayBuffer(4 * 8));
    const reached = (shared: Int32Array, slot: number): Promise<unknown> =>
      until(`slot ${slot}`, () => Atomics.load(shared, slot) > 0);
    const thread = (): number | undefined => pool.threads[0]?.threadId;
    const said = (promise: Promise<unknown>): Promise<string> => promise.then(String, String);
    const yes = (shared: Int32Array, slot: number): string => (Atomics.load(shared, slot) ? 'yes' : 'no');
    const rows: Scalar[][] = [];

    // #region race
    const first = memory();
    const task = pool.run(first);
    await reached(first, slots.started);
    const same = thread();
    const raced = await said(Promise.race([task, Promise.reject(new Error('timeout'))]));
    const still = Atomics.load(first, slots.progress);
    await until('it goes on', () => Atomics.load(first, slots.progress) > still + 10_000);
    // #endregion race
    step({ who: 'caller', does: 'Promise.race([task, timeout])', result: raced });
    step({ who: 'thread', does: 'next rows', result: 'goes on', note: 'Nobody told it.' });

    // #region queued
    const second = memory();
    const queued = new AbortController();
    const waiting = said(pool.run(second, { signal: queued.signal }));
    queued.abort();
    // #endregion queued
    step({
      who: 'caller',
      does: 'pool.run(second, { signal })',
      outcome: 'waits',
      note: 'The first still has the only thread.',
    });
    const dropped = await waiting;
    step({ who: 'caller', does: 'abort()', result: dropped, note: 'It leaves the queue.' });
    Atomics.store(first, slots.end, 1);
    await task;
    rows.push(['race', 'no', yes(first, slots.cleaned), thread() === same ? 'same' : 'new']);
    rows.push([
      'queued',
      Atomics.load(second, slots.started) ? 'no' : 'no start',
      yes(second, slots.cleaned),
      thread() === same ? 'same' : 'new',
    ]);

    // #region flag
    const third = memory();
    const stopped = said(pool.run(third));
    await reached(third, slots.progress);
    Atomics.store(third, slots.stop, 1);
    // #endregion flag
    const flagged = await stopped;
    step({ who: 'caller', does: 'Atomics.store(third, stop, 1)', result: flagged });
    rows.push(['flag', 'at check', yes(third, slots.cleaned), thread() === same ? 'same' : 'new']);

    // #region running
    const fourth = memory();
    const running = new AbortController();
    const killed = said(pool.run(fourth, { signal: running.signal }));
    await reached(fourth, slots.progress);
    running.abort();
    // #endregion running
    const ended = await killed;
    const last = memory();
    const next = pool.run(last);
    await reached(last, slots.started);
    const fresh = thread() !== same;
    const stoodStill = Atomics.load(fourth, slots.progress);
    Atomics.store(last, slots.end, 1);
    await next;
    holds('The killed task counts no further', Atomics.load(fourth, slots.progress) === stoodStill);
    step({ who: 'caller', does: 'abort()', result: ended, note: 'The task runs: its thread is terminated.' });
    step({ who: 'pool', does: 'next task', result: fresh ? 'on a new thread' : 'on the same thread' });
    rows.push(['running', 'at once', yes(fourth, slots.cleaned), fresh ? 'new' : 'same']);
    fact('what each leaves', { columns: ['how', 'stops', 'finally', 'thread'], rows });

    // #region regex
    const endless = `/^(a+)+$/.test('${'a'.repeat(60)}!')`; // 2^60 ways to fail
    let fired = 0;
    const timer = setTimeout(() => (fired += 1), 1);
    const begun = performance.now();
    let code: unknown;
    try {
      runInNewContext(endless, {}, { timeout: 100 });
    } catch (error) {
      code = (error as NodeJS.ErrnoException).code;
    }
    // #endregion regex
    const blocked = performance.now() - begun;
    fact('regular expression under a timeout of vm', String(code));
    fact('timers of 1 ms that fired meanwhile', fired);
    measure('thread blocked by a timeout of 100 ms', blocked, 'ms');
    clearTimeout(timer);

    const busy = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(
      `const { workerData } = require('node:worker_threads'); Atomics.store(workerData, 0, 1); ${endless}`,
      { eval: true, workerData: busy },
    );
    await until('the thread matches', () => Atomics.load(busy, 0) === 1);
    await sleep(100); // by then it is in the middle of it
    fact('exit code of a terminated thread in a regular expression', await worker.terminate());
  },
});
