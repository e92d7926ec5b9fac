import { z } from 'zod';
import { lab } from '#labs/index.ts';

// #region readers
const status = z.enum(['paid', 'sent']);
const readers = {
  strict: z.strictObject({ id: z.int(), total: z.int(), status }),
  'ignores the unknown': z.object({ id: z.int(), total: z.int(), status }),
  tolerant: z.object({
    id: z.int(),
    total: z.int(),
    status: status.or(z.string().transform(() => 'other' as const)),
  }),
};
// #endregion readers

export default lab({
  title: 'What a reader survives, and what it throws away',
  claim:
    'A strict reader turns every added field into an outage, a tolerant one survives added fields and values but never a rename, and a client that writes back what it parsed deletes the field it did not know.',
  engines: ['node', 'http'],
  async run({ http, fact, holds, step }) {
    const today = { id: 7, total: 500, status: 'paid' };
    const { total, ...rest } = today;
    const answers: Record<string, object> = {
      'today’s answer': today,
      'a field added': { ...today, gift: true },
      'a status added': { ...today, status: 'held' },
      'total renamed': { ...rest, amount: total },
      'total is null': { ...today, total: null },
    };
    const rows = Object.entries(answers).map(([name, answer]) => [
      name,
      ...Object.values(readers).map((reader) => {
        const parsed = reader.safeParse(answer);
        if (!parsed.success) return 'fails';
        return parsed.data.status === 'other' ? 'reads, as other' : 'reads';
      }),
    ]);
    fact('What each reader makes of it', { columns: ['the service sends', ...Object.keys(readers)], rows });
    const survived = (column: number): number =>
      rows.filter((row) => row[column]?.startsWith('reads') && row[0] !== 'today’s answer').length;
    fact('of four changes the strict reader survives', survived(1));
    fact('of four changes the tolerant reader survives', survived(3));

    // #region service
    let stored: Record<string, unknown> = {};
    const service = await http.serve((request, response) => {
      void request.toArray().then((chunks: Buffer[]) => {
        const body = chunks.length ? (JSON.parse(Buffer.concat(chunks).toString()) as object) : {};
        if (request.method === 'PUT') stored = { ...body }; // replaces the whole order
        if (request.method === 'PATCH') stored = { ...stored, ...body }; // changes what was sent
        response.setHeader('Content-Type', 'application/json').end(JSON.stringify(stored));
      });
    });
    // #endregion service

    /** A tolerant client marks the order as sent; then what is left of it. */
    async function mark(method: 'PUT' | 'PATCH', keep: boolean): Promise<string> {
      stored = { ...today, gift: true };
      // #region write-back
      const answer: unknown = await (await fetch(service.url)).json();
      const reader = readers['ignores the unknown'];
      const order = keep ? reader.loose().parse(answer) : reader.parse(answer);
      const body = method === 'PATCH' ? { status: 'sent' } : { ...order, status: 'sent' };
      await fetch(service.url, { method, body: JSON.stringify(body) });
      // #endregion write-back
      const gift = 'gift' in stored ? 'kept' : 'lost';
      const who = `${method}${keep ? ', loose' : ''}`;
      step({
        who,
        does: `${method} ${JSON.stringify(body)}`,
        result: `gift ${gift}`,
        outcome: gift === 'lost' ? 'fails' : 'ok',
      });
      return gift;
    }
    const outcomes = [
      ['PUT of what was parsed', await mark('PUT', false)],
      ['PUT, unknown fields carried along', await mark('PUT', true)],
      ['PATCH of the one field', await mark('PATCH', false)],
    ];
    fact('The gift flag, after an old client has saved', {
      columns: ['the client sends', 'gift'],
      rows: outcomes,
    });
    holds(
      'only the PUT of what was parsed loses the flag',
      outcomes.map((row) => row[1]).join() === 'lost,kept,kept',
    );
  },
});
