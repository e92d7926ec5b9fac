import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { lab } from '#labs/index.ts';

type Body = Record<string, unknown>;

// #region chain
/** Newest first. `back` turns the version's answer into that of the version before, `lift` its request forward. */
const changes: readonly Record<'back' | 'lift', (order: Body) => Body>[] = [
  {
    // 2026-09-01: the buyer became an object
    back: ({ buyer, ...order }) => ({ ...order, customer: (buyer as Body)['id'] }),
    lift: ({ customer, ...order }) => ({ ...order, buyer: { id: customer } }),
  },
  {
    // 2026-03-01: the total got a currency
    back: ({ total, ...order }) => ({ ...order, total: (total as Body)['cents'] }),
    lift: ({ total, ...order }) => ({ ...order, total: { cents: total, currency: 'EUR' } }),
  },
];
const versions = ['2026-09-01', '2026-03-01', '2025-06-01'];
/** The changes that a known version has not seen; the edge has refused all others. */
const since = (version: string) => changes.slice(0, versions.indexOf(version));

/** The newest answer as a client of `version` expects it. Business code knows only the newest. */
const render = (newest: Body, version: string): Body =>
  since(version).reduce((order, change) => change.back(order), newest);
/** What a client of `version` sent, in the newest shape. */
const lift = (sent: Body, version: string): Body =>
  since(version).reduceRight((order, change) => change.lift(order), sent);
// #endregion chain

// #region merge
/** A PUT from an old version: only what differs from what that version saw reaches the stored order. */
function merge(stored: Body, sent: Body, version: string): Body {
  const saw = lift(render(stored, version), version);
  const wants = lift(sent, version);
  const merged = { ...stored };
  for (const field of new Set([...Object.keys(saw), ...Object.keys(wants)])) {
    if (!isDeepStrictEqual(saw[field], wants[field])) merged[field] = wants[field];
  }
  return merged;
}
// #endregion merge

/** A save in the months in which the answer has the total under two names: what the server stores by each rule. */
const rules: Record<string, (stored: number, total: number, amount: number) => number | 'refused'> = {
  'amount wins': (_, __, amount) => amount,
  'refuse if they differ': (_, total, amount) => (total === amount ? amount : 'refused'),
  'the changed one wins': (stored, total, amount) => {
    const changed = new Set([total, amount].filter((value) => value !== stored));
    return changed.size > 1 ? 'refused' : ([...changed][0] ?? stored);
  },
};

export default lab({
  title: 'Old versions as a chain of small changes, and the cache that mixes them up',
  claim:
    'Each break is one small pair of functions over one newest shape; a save from an old version deletes what that version cannot express unless only its differences are applied; and a shared cache gives one client another’s version unless the answer says Vary.',
  engines: ['node', 'http'],
  async run({ http, fact, holds, step }) {
    const newest: Body = {
      id: 7,
      buyer: { id: 'c-1', name: 'Ada' },
      total: { cents: 500, currency: 'EUR' },
      lines: 2,
    };
    const [current = '', , oldest = ''] = versions;
    fact('One order in each version', {
      columns: ['version', 'answer'],
      rows: versions.map((version) => [version, JSON.stringify(render(newest, version))]),
    });
    fact('versions served', versions.length);
    fact('changes written', changes.length);
    // What a client of the oldest version has in its own tests, as it was written in 2025.
    const recorded = { id: 7, customer: 'c-1', total: 500, lines: 2 };
    holds(
      'the oldest answer still equals the recording of 2025',
      isDeepStrictEqual(render(newest, oldest), recorded),
    );

    // #region save
    // A client of 2025 reads order 7, adds a line and saves the whole order.
    const sent = { ...render(newest, oldest), lines: 3 };
    const saved = {
      'all of it, lifted': lift(sent, oldest),
      'its differences': merge(newest, sent, oldest),
    };
    // #endregion save
    fact('After a client of 2025 has saved', {
      columns: ['the server keeps', 'buyer’s name', 'lines'],
      rows: Object.entries(saved).map(([way, order]) => [
        way,
        (order['buyer'] as { name?: string }).name ?? 'gone',
        Number(order['lines']),
      ]),
    });
    holds(
      'lifted and rendered back, the old request is unchanged',
      isDeepStrictEqual(render(lift(sent, oldest), oldest), sent),
    );
    holds(
      'applying only the differences changes the lines and nothing else',
      isDeepStrictEqual(saved['its differences'], { ...newest, lines: 3 }),
    );

    fact('500 is stored; a client sends both names back', {
      columns: ['total', 'amount', ...Object.keys(rules)],
      rows: [
        [600, 500],
        [500, 600],
        [500, 500],
        [600, 700],
      ].map(([total = 0, amount = 0]) => [
        total,
        amount,
        ...Object.values(rules).map((rule) => rule(500, total, amount)),
      ]),
    });

    let vary = false;
    const origin = await http.serve((request: IncomingMessage, response: ServerResponse) => {
      const version = request.headers['shop-version']?.toString() ?? '';
      response.setHeader('Cache-Control', 'public, max-age=60');
      if (vary) response.setHeader('Vary', 'Shop-Version');
      if (!versions.includes(version)) response.statusCode = 400;
      response.end(
        JSON.stringify(versions.includes(version) ? render(newest, version) : { type: 'unknown-version' }),
      );
    });

    // #region cache
    /** A shared cache by RFC 9111's key: the URL, and the request's values of the fields that Vary names. */
    const store = new Map<string, { vary: string[]; key: string; body: string }[]>();
    async function cached(url: string, headers: Record<string, string>): Promise<[string, 'hit' | 'miss']> {
      const key = (fields: string[]): string => fields.map((field) => headers[field] ?? '').join();
      const hit = store.get(url)?.find((entry) => entry.key === key(entry.vary));
      if (hit) return [hit.body, 'hit'];
      const answer = await fetch(url, { headers });
      const fields = answer.headers.get('vary')?.toLowerCase().split(/, */) ?? [];
      const entry = { vary: fields, key: key(fields), body: await answer.text() };
      store.set(url, [...(store.get(url) ?? []), entry]);
      return [entry.body, 'miss'];
    }
    // #endregion cache

    const wrong: number[] = [];
    for (const says of [false, true]) {
      vary = says;
      store.clear();
      let failures = 0;
      for (const version of [current, oldest, current, oldest]) {
        const [body, from] = await cached(`${origin.url}/orders/7`, { 'shop-version': version });
        const right = body === JSON.stringify(render(newest, version));
        if (!right) failures += 1;
        step({
          who: version,
          does: 'GET /orders/7',
          result: `${from}, ${right ? 'its own version' : 'another’s version'}`,
          outcome: right ? 'ok' : 'fails',
          phase: says ? 'Vary: Shop-Version' : 'no Vary',
        });
      }
      wrong.push(failures);
    }
    fact('answers of the wrong version without Vary, of four', wrong[0] ?? -1);
    fact('answers of the wrong version with Vary, of four', wrong[1] ?? -1);
    const stranger = await fetch(`${origin.url}/orders/7`, { headers: { 'shop-version': '2024-01-01' } });
    fact('status for a version that nobody knows', stranger.status);
    fact('status without a version', (await fetch(`${origin.url}/orders/7`)).status);
  },
});
