import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { MatchersV3, PactV4, Verifier } from '@pact-foundation/pact';
import { lab } from '#labs/index.ts';

const { integer, regex } = MatchersV3;

/** What a consumer needs of an order: a matcher for each field that its code reads. */
type Needs = Record<string, ReturnType<typeof integer> | ReturnType<typeof regex>>;

/** The part of a failed verification's message that this lab reads. */
interface Verification {
  readonly errors: readonly {
    readonly mismatch: { readonly mismatches: readonly { readonly mismatch: string }[] };
  }[];
}

export default lab({
  title: 'A consumer’s contract passes an added field and fails a renamed one',
  claim:
    'A contract written by a consumer’s own test fails the provider exactly when a field that this consumer reads is renamed, retyped or given an unlisted value; it passes what nobody reads, and what changes only in meaning.',
  engines: ['node', 'http'],
  async run({ http, fact, holds, folder }) {
    process.env.PACT_DO_NOT_TRACK = 'true';
    const dir = await folder();

    // #region consumer
    /** Runs a consumer's own code against Pact's mock; what it needed is written down as its contract. */
    async function contract(consumer: string, needs: Needs, call: (url: string) => Promise<unknown>) {
      const pact = new PactV4({ consumer, provider: 'orders', dir, logLevel: 'error' });
      await pact
        .addInteraction()
        .uponReceiving('a request for order 7')
        .withRequest('GET', '/orders/7')
        .willRespondWith(200, (response) => response.jsonBody(needs))
        .executeTest(({ url }) => call(url));
      return path.join(dir, `${consumer}-orders.json`);
    }
    const order = async (url: string) =>
      (await (await fetch(`${url}/orders/7`)).json()) as Record<string, unknown>;
    const invoicing = await contract('invoicing', { id: integer(7), total: integer(500) }, async (url) =>
      Number((await order(url))['total']),
    );
    const shop = await contract('shop', { status: regex('paid|sent', 'paid') }, async (url) =>
      String((await order(url))['status']),
    );
    // #endregion consumer

    /** Verifies a provider that answers `body` against one contract: `passes`, or the reason. */
    async function verify(file: string, body: object): Promise<string> {
      const service = await http.serve((_, response) => {
        response.setHeader('Content-Type', 'application/json').end(JSON.stringify(body));
      });
      try {
        await new Verifier({
          provider: 'orders',
          providerBaseUrl: service.url,
          pactUrls: [file],
          logLevel: 'error',
        }).verifyProvider();
        return 'passes';
      } catch (error) {
        const { errors } = JSON.parse((error as Error).message) as Verification;
        return errors[0]?.mismatch.mismatches[0]?.mismatch ?? 'no reason given';
      } finally {
        await service.close();
      }
    }

    // #region provider
    const today = { id: 7, total: 500, status: 'paid', note: 'ring twice' };
    const { total, note, ...bare } = today;
    const changes: Record<string, object> = {
      'no change': today,
      'currency added': { ...today, currency: 'EUR' },
      'total renamed to amount': { ...bare, note, amount: total },
      'total as text': { ...today, total: '500' },
      'total and amount, both': { ...today, amount: total },
      'note removed': { ...bare, total },
      'status is now held': { ...today, status: 'held' },
      'total in euros, not cents': { ...today, total: 5 },
    };
    // #endregion provider
    const rows: string[][] = [];
    let reason = '';
    for (const [name, body] of Object.entries(changes)) {
      const verdicts = [await verify(invoicing, body), await verify(shop, body)];
      if (name === 'total renamed to amount') reason = verdicts[0] ?? '';
      rows.push([name, ...verdicts.map((verdict) => (verdict === 'passes' ? 'passes' : 'FAILS'))]);
    }
    fact('Verdict of each contract', { columns: ['the orders service answers', 'invoicing', 'shop'], rows });
    fact('what the rename is refused with', reason);

    // #region matrix
    // The next invoicing reads `amount`. Which pairs can run side by side?
    const next = await contract('invoicing-next', { id: integer(7), amount: integer(500) }, async (url) =>
      Number((await order(url))['amount']),
    );
    const providers = [today, { ...today, amount: total }, { ...bare, note, amount: total }];
    const matrix: string[][] = [];
    for (const [reads, file] of [
      ['total', invoicing],
      ['amount', next],
    ] as const) {
      const cells: string[] = [];
      for (const body of providers) cells.push((await verify(file, body)) === 'passes' ? 'passes' : 'FAILS');
      matrix.push([`reads ${reads}`, ...cells]);
    }
    // #endregion matrix
    fact('Which versions may run together', {
      columns: ['invoicing', 'sends total', 'sends both', 'sends amount'],
      rows: matrix,
    });
    holds(
      'only the provider that sends both passes both contracts',
      [1, 2, 3].filter((column) => matrix.every((row) => row[column] === 'passes')).join() === '2',
    );
    const written = JSON.parse(await readFile(invoicing, 'utf8')) as {
      metadata: Record<string, { version: string }>;
    };
    fact('Pact for JavaScript', written.metadata['pact-js']?.version ?? 'unknown');
  },
});
