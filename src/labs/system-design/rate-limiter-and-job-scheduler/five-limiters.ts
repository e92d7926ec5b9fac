import { lab, type Point } from '#labs/index.ts';
import {
  fixedWindow,
  gcra,
  leakyBucket,
  quota,
  slidingCounter,
  slidingLog,
  tokenBucket,
  type Limiter,
} from './five-limiters/limiters.ts';

const limit = 100;
const minute = 60_000;

/** 100 calls in the last second of a minute, 100 in the first of the next, then three a second until 2:00. In ms. */
const burst: readonly number[] = [
  ...Array.from({ length: 100 }, (_, n) => 59_000 + n * 10),
  ...Array.from({ length: 100 }, (_, n) => 60_000 + n * 10),
  ...Array.from({ length: 177 }, (_, n) => 61_000 + Math.floor((n * 1000) / 3)),
];

/** The largest number of `times` within any `span` milliseconds. */
const mostWithin = (times: readonly number[], span: number): number =>
  Math.max(...times.map((start) => times.filter((t) => t >= start && t < start + span).length));

export default lab({
  title: 'Five limiters, one burst, in simulated time',
  claim:
    'Of the same 377 calls a fixed window of 100 a minute passes 200 within two seconds; the sliding counter and a full-size token bucket spread them, but still pass nearly 200 within a minute; only the log and the leaky bucket never exceed 100.',
  engines: ['http'],
  async run({ http, fact, holds, series }) {
    // #region race
    const pass = (limiter: Limiter): number[] => burst.filter((now) => limiter(now));
    const leaky = leakyBucket(limit, minute, 10);
    const leaving = burst.map((now) => ({ now, leaves: leaky(now) }));
    const left = leaving.flatMap(({ leaves }) => leaves ?? []);
    const race: Record<string, readonly number[]> = {
      'fixed window': pass(fixedWindow(limit, minute)),
      'sliding log': pass(slidingLog(limit, minute)),
      'sliding counter': pass(slidingCounter(limit, minute)),
      'token bucket, burst 100': pass(tokenBucket(limit, minute, 100)),
      'token bucket, burst 20': pass(tokenBucket(limit, minute, 20)),
      'leaky bucket, room 10': left,
    };
    // #endregion race
    const state: Record<string, string> = {
      'fixed window': '2 numbers',
      'sliding log': `${limit} numbers`,
      'sliding counter': '3 numbers',
      'leaky bucket, room 10': '1 number, a queue',
    };
    fact('calls that arrive', burst.length);
    fact('the same 377 calls against 100 a minute', {
      columns: ['most calls within', '2 s', '60 s', 'all', 'state'],
      rows: Object.entries(race).map(([name, times]) => [
        name,
        mostWithin(times, 2_000),
        mostWithin(times, minute),
        times.length,
        state[name] ?? '1 timestamp',
      ]),
    });
    const most = (name: string, span: number): void => {
      fact(`${name}: most in any ${span / 1000} s`, mostWithin(race[name] ?? [], span));
    };
    for (const name of ['fixed window', 'sliding counter']) most(name, 2_000);
    for (const name of [
      'sliding log',
      'sliding counter',
      'token bucket, burst 100',
      'token bucket, burst 20',
    ])
      most(name, minute);
    const waits = leaving.flatMap(({ now, leaves }) => (leaves === undefined ? [] : [leaves - now]));
    fact('longest wait in the leaky bucket', Math.max(...waits) / 1000, 's');

    const seconds = [0, 1, 2, 3, ...Array.from({ length: 12 }, (_, n) => 5 + 5 * n), 61]; // after 0:59
    const curve = (times: readonly number[]): Point[] =>
      seconds.map((s) => [s, times.filter((t) => t < 59_000 + s * 1000).length]);
    const curves = Object.entries(race).map(([name, times]): [string, Point[]] => [name, curve(times)]);
    const axes = { x: 'time', xUnit: 's', y: 'calls', exact: true } as const;
    series('passed since 0:59, windows', { ...axes, points: Object.fromEntries(curves.slice(0, 3)) });
    series('passed since 0:59, buckets', { ...axes, points: Object.fromEntries(curves.slice(3)) });

    // The counter believes that the last window was even. Here it was not: all 100 calls came in its first second.
    // #region uneven
    const early = Array.from({ length: 100 }, (_, n) => n * 10);
    const later = Array.from({ length: 100 }, (_, n) => 61_000 + n * 10);
    const [log, counter] = [slidingLog(limit, minute), slidingCounter(limit, minute)];
    const first = early.filter((now) => log(now) && counter(now)).length;
    const second = (limiter: Limiter): number => later.filter((now) => limiter(now)).length;
    // #endregion uneven
    holds('the first 100 pass the log and the counter', first === 100);
    fact('100 calls at 0:00, 100 more at 1:01: passed by the log', second(log));
    fact('100 calls at 0:00, 100 more at 1:01: passed by the counter', second(counter));

    // Ten thousand calls at whole milliseconds, from a fixed sequence.
    // #region equal
    const [bucket, timestamp] = [tokenBucket(limit, minute, 20), gcra(limit, minute, 20)];
    let [now, seed, differ] = [0, 6, 0];
    for (let call = 0; call < 10_000; call++) {
      seed = (seed * 48_271) % 2_147_483_647; // Lehmer's generator
      now += seed % 900;
      if (bucket(now) !== timestamp(now)) differ++;
    }
    // #endregion equal
    fact('of 10,000 calls, decided differently by the bucket and the timestamp', differ);

    // The same limiter behind real HTTP; its clock is a variable.
    let clock = 0;
    const limiter = quota(100, minute, 20);
    // #region http
    const service = await http.serve((_request, response) => {
      const { ok, left, wait } = limiter(clock);
      response.setHeader('RateLimit-Policy', '"minute";q=100;w=60');
      response.setHeader('RateLimit', `"minute";r=${left};t=${Math.ceil(wait / 1000)}`);
      if (!ok) response.setHeader('Retry-After', Math.ceil(wait / 1000));
      response.writeHead(ok ? 200 : 429).end();
    });
    // #endregion http
    const seen: (string | number)[][] = [];
    for (const at of [...Array.from({ length: 21 }, () => 0), 500, 600]) {
      clock = at;
      const { status, headers } = await fetch(service.url);
      seen.push([seen.length + 1, at, status, headers.get('retry-after') ?? '', headers.get('ratelimit') ?? '']); // prettier-ignore
    }
    fact('over HTTP, burst 20, one token each 600 ms; wait is Retry-After', {
      columns: ['call', 'at ms', 'status', 'wait', 'RateLimit'],
      rows: [seen[0], seen[19], seen[20], seen[21], seen[22]].flatMap((row) => (row ? [row] : [])),
    });
  },
});
