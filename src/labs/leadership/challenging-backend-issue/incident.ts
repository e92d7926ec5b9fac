import { lab } from '#labs/index.ts';
import { schema } from './incident/checkout.ts';

const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * part) - 1)] ?? NaN;

/** A run of the pod in the replay: which code, which switch, for how many ticks. */
interface Phase {
  readonly name: string;
  readonly version: 'leaking' | 'fixed';
  readonly coupons: 'on' | 'off';
  readonly ticks: number;
}

export default lab({
  title: 'The replay: a checkout that stops without one error',
  claim:
    'One checkout in twenty leaves its transaction open; after ten ticks the pool of ten is gone, after a restart it goes again, and no error is ever answered.',
  engines: ['postgres', 'node'],
  alone: true,
  async run({ postgres, node, fact, holds, measure, series, step, until }) {
    const db = await postgres();
    await db.query(schema(1000));
    const node26 = await node();
    let cart = 0;
    let tick = 0;

    // #region sessions
    const sessions = () =>
      db.query<{ state: string; wait: string; sessions: number; statement: string }>(
        `SELECT state, wait_event AS wait, count(*)::int AS sessions, query AS statement
           FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()
          GROUP BY state, wait_event, query`,
      );
    // #endregion sessions
    const idleInTransaction = async (): Promise<number> =>
      (await sessions()).reduce(
        (sum, row) => sum + (row.state === 'idle in transaction' ? row.sessions : 0),
        0,
      );

    const seen: {
      tick: number;
      answered: number;
      errors: number;
      p95: number;
      open: number;
      waiting: number;
    }[] = [];

    const start = async ({ version, coupons }: Phase) => {
      const pod = node26.start('incident/pod.ts', {
        env: { DATABASE_URL: db.url, VERSION: version, COUPONS: coupons },
      });
      const [, port = ''] = await pod.line(/listening on (\d+)/);
      return { pod, url: `http://127.0.0.1:${port}` };
    };

    /** Twenty checkouts, nineteen of them at once; the last one has the coupon that has expired. */
    // #region tick
    const play = async (url: string): Promise<void> => {
      tick += 1;
      const giveUp = new AbortController();
      const waitingNow = async () =>
        ((await (await fetch(`${url}/pool`)).json()) as { waiting: number }).waiting;
      const before = await idleInTransaction();
      const send = async (coupon: string) => {
        const at = performance.now();
        const { status } = await fetch(`${url}/checkout?cart=${(cart += 1)}&coupon=${coupon}`, giveUp);
        return { status, ms: performance.now() - at };
      };
      const sent = Array.from({ length: 19 }, () => send('WELCOME'));
      // After the others, so that none of them depends on which request the pod reads first.
      const last = before === 10 ? send('SUMMER') : Promise.allSettled(sent).then(() => send('SUMMER'));
      if (before === 10) {
        const queue = 20 + (seen.at(-1)?.waiting ?? 0);
        await until('all of them wait for a connection', async () => (await waitingNow()) === queue);
        giveUp.abort(); // the customers close the page
      }
      const answers = (await Promise.allSettled([...sent, last])).flatMap((one) =>
        one.status === 'fulfilled' ? [one.value] : [],
      );
      seen.push({
        tick,
        answered: answers.length,
        errors: answers.filter(({ status }) => status >= 500).length,
        p95: percentile(
          answers.map(({ ms }) => ms),
          0.95,
        ),
        open: await idleInTransaction(),
        waiting: await waitingNow(),
      });
    };
    // #endregion tick

    // #region phases
    const phases: Phase[] = [
      { name: 'the coupon expires', version: 'leaking', coupons: 'on', ticks: 12 },
      { name: 'restart', version: 'leaking', coupons: 'on', ticks: 12 },
      { name: 'restart, coupons switched off', version: 'leaking', coupons: 'off', ticks: 4 },
      { name: 'fix, coupons back on', version: 'fixed', coupons: 'on', ticks: 10 },
    ];
    // #endregion phases
    for (const phase of phases) {
      const { pod, url } = await start(phase);
      await Promise.all(Array.from({ length: 10 }, () => fetch(`${url}/checkout?cart=${(cart += 1)}`))); // fills the pool
      for (let i = 0; i < phase.ticks; i += 1) await play(url);
      const last = seen.at(-1);
      step({
        who: 'pod',
        does: phase.name,
        result: `after ${phase.ticks} ticks: ${last?.open} open transactions, ${last?.answered} of 20 answered`,
        outcome: last?.answered === 0 ? 'waits' : 'ok',
      });
      if (tick === 24) {
        fact('what the server says after the second end', {
          columns: ['state', 'waits for', 'sessions', 'last statement'],
          rows: (await sessions()).map((row) => [row.state, row.wait, row.sessions, row.statement]),
        });
        fact('waiting inside the pod', last?.waiting ?? 0);
        fact('health check', await (await fetch(`${url}/healthz`)).text());
      }
      pod.kill('SIGKILL');
      await pod.ended;
      await until('the server has closed the sessions', async () => (await sessions()).length === 0);
    }

    const first = seen.slice(0, 12);
    const answeredIn = (from: number, to: number) =>
      seen.slice(from - 1, to).reduce((sum, { answered }) => sum + answered, 0);
    const firstTick = (matches: (one: (typeof seen)[number]) => boolean) =>
      first.find(matches)?.tick ?? 'never';
    fact('checkouts answered before the pool was gone', answeredIn(1, 10));
    fact('checkouts answered in the two ticks after', answeredIn(11, 12));
    fact('checkouts answered between the restart and the second end', answeredIn(13, 24));
    fact(
      'answers with an error in the whole replay',
      seen.reduce((sum, { errors }) => sum + errors, 0),
    );
    fact(
      'first tick with a transaction left open',
      firstTick(({ open }) => open > 0),
    );
    fact(
      'first tick with half of the pool gone',
      firstTick(({ open }) => open >= 5),
    );
    fact(
      'first tick with a checkout that waits for ever',
      firstTick(({ waiting }) => waiting > 0),
    );
    fact(
      'first tick with an error',
      firstTick(({ errors }) => errors > 0),
    );
    fact('open transactions after ten ticks of the fix', seen.at(-1)?.open ?? NaN);
    series('transactions left open', {
      x: 'tick',
      y: 'sessions idle in transaction',
      exact: true,
      points: seen.map(({ tick, open }) => [tick, open]),
    });
    series('checkouts answered', {
      x: 'tick',
      y: 'of 20 sent',
      exact: true,
      points: seen.map(({ tick, answered }) => [tick, answered]),
    });
    series('95th percentile of those that were answered', {
      x: 'tick',
      y: 'time to answer',
      unit: 'ms',
      points: seen.flatMap(({ tick, p95, answered }) => (answered > 0 ? [[tick, p95] as const] : [])),
    });
    const p95At = (at: number) => seen[at - 1]?.p95 ?? NaN;
    measure('95th percentile in tick 2', p95At(2), 'ms');
    measure('95th percentile in tick 5', p95At(5), 'ms');
    measure('95th percentile in tick 8', p95At(8), 'ms');
    measure('95th percentile in tick 10', p95At(10), 'ms');
    measure('95th percentile in the last tick of the fix', p95At(seen.length), 'ms');
    // One connection is left and each checkout holds it for 15 ms or more, so the 18th in the queue waits for 270 ms.
    holds('In tick 10 the customers queue behind one connection: more than 250 ms', p95At(10) > 250);
  },
});
