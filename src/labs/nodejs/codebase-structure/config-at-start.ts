import { inspect } from 'node:util';
import { z } from 'zod';
import { lab } from '#labs/index.ts';
import { readConfig } from './shop/src/app/config.ts';
import { schema as tables } from './shop/src/orders/postgres.ts';

const main = 'shop/src/app/main.ts';

export default lab({
  title: 'A wrong environment stops the process, or the customer',
  claim:
    'The shop with a wrong environment ends before it listens, names every problem and shows no secret; read where it is used, the same mistake passes the health check and fails the first order.',
  engines: ['node', 'postgres', 'http'],
  async run({ node, postgres, http, port, fact }) {
    const node26 = await node();
    const db = await postgres();
    await db.query(`${tables} INSERT INTO stock VALUES ('tea', 1)`);
    const provider = await http.serve((_, response) => response.end('{}'));
    const env = async (change: Record<string, string> = {}): Promise<Record<string, string>> => ({
      PORT: String(await port()),
      DATABASE_URL: db.url,
      PAYMENTS_URL: provider.url,
      PAYMENTS_KEY: 'key-0123456789-abcdefgh',
      PAYMENTS_TIMEOUT_MS: '2000',
      ...change,
    });

    // #region wrong
    const wrong = { PAYMENTS_URL: 'payments.internal', PAYMENTS_TIMEOUT_MS: '2s', PAYMENTS_KEY: 'hunter2' };
    const refused = await node26.run(main, { env: await env(wrong) });
    fact('What the process says', refused.stderr.trim());
    fact('Its exit code', refused.code);
    fact('Lines it printed before', refused.lines.length);
    fact('The wrong key appears in its output', /hunter2/.test(refused.stdout + refused.stderr));
    // #endregion wrong

    const request = async (base: string, path: string, body?: object) => {
      const options = body ? { method: 'POST', body: JSON.stringify(body) } : {};
      const response = await fetch(`${base}${path}`, options);
      return { status: response.status, text: await response.text() };
    };
    const order = (): object => ({ id: crypto.randomUUID(), sku: 'tea', quantity: 1 });
    const outcomes = async (file: string, given: Record<string, string>): Promise<(number | string)[]> => {
      const server = node26.start(file, { env: given });
      const [, at = ''] = await server.line(/listening on (\d+)/);
      const base = `http://127.0.0.1:${at}`;
      const health = await request(base, '/health');
      const first = await request(base, '/orders', order());
      server.kill();
      await server.ended;
      return [health.status, first.status === 500 ? `500, ${first.text}` : first.status];
    };
    const lazyTimeout = await outcomes('config-at-start/lazy.ts', await env({ PAYMENTS_TIMEOUT_MS: '2s' }));
    const lazyUrl = await outcomes(
      'config-at-start/lazy.ts',
      await env({ PAYMENTS_URL: wrong.PAYMENTS_URL }),
    );
    const right = await outcomes(main, await env());
    fact('Answers of four services', {
      columns: ['service', 'environment', '/health', 'first order'],
      rows: [
        ['checked at start', 'all three wrong', 'does not listen', 'none'],
        ['read where used', 'a timeout of 2s', ...lazyTimeout],
        ['read where used', 'an address without https', ...lazyUrl],
        ['checked at start', 'right', ...right],
      ],
    });
    fact('Orders in PostgreSQL', await db.value<number>('SELECT count(*) FROM orders'));

    // #region traps
    const coerced = (value: string): string[] => [
      String(z.coerce.number().safeParse(value).data ?? 'refused'),
      String(z.coerce.boolean().safeParse(value).data ?? 'refused'),
      String(z.stringbool().safeParse(value).data ?? 'refused'),
    ];
    fact('What a value becomes', {
      columns: ['value', 'z.coerce.number', 'z.coerce.boolean', 'z.stringbool'],
      rows: ['false', '0', '', ' ', '1e3'].map((value) => [JSON.stringify(value), ...coerced(value)]),
    });
    // #endregion traps

    const config = readConfig(await env());
    fact('The database address in a log line', [
      JSON.stringify({ url: config.DATABASE_URL }),
      inspect({ url: config.DATABASE_URL }),
      String(config.DATABASE_URL),
    ]);
  },
});
