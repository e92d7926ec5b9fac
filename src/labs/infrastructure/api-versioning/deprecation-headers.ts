import { lab } from '#labs/index.ts';

const day = 86_400_000;
const at = (date: string): number => Date.parse(`${date}T00:00:00Z`);

// #region plan
const plan = {
  announced: at('2026-06-01'),
  deprecated: at('2026-09-01'),
  brownout: at('2027-02-01'), // one day of refusals, as a rehearsal
  sunset: at('2027-03-01'),
};

/** What the old version says about itself at a given moment (RFC 9745, RFC 8594). */
function lifecycle(now: number): { status: 200 | 410; headers: Record<string, string> } {
  if (now < plan.announced) return { status: 200, headers: {} };
  const off = now >= plan.sunset || (now >= plan.brownout && now < plan.brownout + day);
  return {
    status: off ? 410 : 200,
    headers: {
      Deprecation: `@${plan.deprecated / 1000}`,
      Sunset: new Date(plan.sunset).toUTCString(),
      Link: '</docs/orders-v2>; rel="deprecation", </docs/sunset>; rel="sunset"',
    },
  };
}
// #endregion plan

// #region client
/** What a client can tell from an answer, without knowing the service. */
function advice(headers: Headers, now: number): string {
  const field = headers.get('deprecation') ?? '';
  // RFC 9745 writes @seconds; older drafts, and servers built on them, write an HTTP date.
  const since = /^@-?\d+$/.test(field) ? Number(field.slice(1)) * 1000 : Date.parse(field);
  const until = Date.parse(headers.get('sunset') ?? '');
  if (Number.isNaN(since) && Number.isNaN(until)) return 'nothing to say';
  const left = Number.isNaN(until) ? '' : `, ${Math.round((until - now) / day)} days left`;
  return since > now ? `warn: deprecated soon${left}` : `warn: deprecated${left}`;
}
// #endregion client

export default lab({
  title: 'Deprecation and Sunset, seen by a client',
  claim:
    'Two response fields in two date formats let any client count the days, a generic date parser reads only one of them, and the last month’s telemetry alone misses a caller that runs each quarter.',
  engines: ['node', 'http'],
  async run({ http, fact, holds, step }) {
    let now = at('2026-05-01');
    const usage: { consumer: string; when: number }[] = [];
    const service = await http.serve((request, response) => {
      const { status, headers } = lifecycle(now);
      usage.push({ consumer: request.headers['x-consumer']?.toString() ?? 'unknown', when: now });
      const gone = { type: '/problems/version-retired', title: 'This version is retired', status: 410 };
      response.writeHead(status, {
        ...headers,
        // A cache may keep a 410 by its own rules; the rehearsal's must not outlive the rehearsal.
        ...(status === 410 ? { 'Cache-Control': 'no-store' } : {}),
        'Content-Type': status === 410 ? 'application/problem+json' : 'application/json',
      });
      response.end(JSON.stringify(status === 410 ? gone : { id: 7 }));
    });
    const call = (consumer: string): Promise<Response> =>
      fetch(`${service.url}/v1/orders/7`, { headers: { 'x-consumer': consumer } });

    const statuses: number[] = [];
    for (const date of ['2026-05-01', '2026-06-01', '2026-09-01', '2027-02-01', '2027-02-02', '2027-03-01']) {
      now = at(date);
      const answer = await call('shop');
      statuses.push(answer.status);
      step({
        who: 'client',
        does: 'GET /v1/orders/7',
        result: `${answer.status}, ${advice(answer.headers, now)}`,
        outcome: answer.ok ? 'ok' : 'fails',
        phase: date,
      });
    }
    fact('statuses along the plan', statuses);

    now = at('2026-09-01');
    const { headers } = await call('shop');
    const [deprecation, sunset] = [headers.get('deprecation') ?? '', headers.get('sunset') ?? ''];
    fact(
      'the fields as they arrive',
      `Deprecation: ${deprecation}\nSunset: ${sunset}\nLink: ${headers.get('link') ?? ''}`,
    );
    fact('Deprecation, read by Date.parse', String(Date.parse(deprecation)));
    const older = new Headers({ Deprecation: new Date(plan.deprecated).toUTCString(), Sunset: sunset });
    holds(
      'the client says the same of a Deprecation that is an HTTP date',
      advice(older, now) === advice(headers, now),
    );
    fact('Sunset, read by Date.parse', new Date(sunset).toISOString());
    holds(
      'the sunset is not before the deprecation',
      Date.parse(sunset) >= Number(deprecation.slice(1)) * 1000,
    );

    // #region usage
    // Three callers over 100 days: an app, a job on the 1st of the month, a tax export once a quarter.
    usage.length = 0;
    const end = at('2026-12-09');
    for (now = end - 100 * day; now < end; now += day) {
      const date = new Date(now).toISOString().slice(5, 10);
      await call('app');
      if (date.endsWith('-01')) await call('billing job');
      if (date === '10-01') await call('tax export');
    }
    const seen = (days: number): string[] => [
      ...new Set(usage.filter(({ when }) => when >= end - days * day).map(({ consumer }) => consumer)),
    ];
    // #endregion usage
    const windows = [1, 7, 30, 100];
    fact('Who still calls the old version', {
      columns: ['window in days', 'consumers seen', 'who'],
      rows: windows.map((days) => [days, seen(days).length, seen(days).toSorted().join(', ')]),
    });
    fact('consumers seen in 7 days', seen(7).length);
    fact('consumers seen in 30 days', seen(30).length);
    fact('consumers seen in 100 days', seen(100).length);
    fact(
      'calls of the tax export, of all calls',
      `${usage.filter(({ consumer }) => consumer === 'tax export').length} of ${usage.length}`,
    );
  },
});
