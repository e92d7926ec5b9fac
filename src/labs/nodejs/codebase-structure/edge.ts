import { z } from 'zod';
import { lab } from '#labs/index.ts';
import { createCatalog } from './shop/src/catalog/index.ts';
import { memoryGateway } from './shop/src/payments/index.ts';
import { memoryStore, placeOrder } from './shop/src/orders/index.ts';
import { createApi, orderRequest } from './shop/src/app/http.ts';
import { oneProgram } from './workbench/compile.ts';
import { copyShop } from './workbench/copy.ts';

export default lab({
  title: 'One contract at the edge, one table of errors',
  claim:
    'One schema checks requests, types the handler and prints the published contract; each refusal has one status, and a refusal without a status does not compile.',
  engines: ['typescript', 'http'],
  timeout: 120,
  async run({ http, typescript, folder, fact }) {
    await typescript(); // names its version on the page
    // #region api
    const logged: unknown[] = [];
    const place = placeOrder({
      catalog: createCatalog([
        { sku: 'tea', price: 450 },
        { sku: 'yacht', price: 90_000_000 },
      ]),
      store: memoryStore(new Map([['tea', 2], ['yacht', 1]])), // prettier-ignore
      gateway: memoryGateway(1_000_000),
    });
    const api = createApi(
      (request) => (request.sku === 'bug' ? Promise.reject(new Error('secret detail')) : place(request)),
      (error) => logged.push(error),
    );
    const { url } = await http.serve((request, response) => void api.emit('request', request, response));
    // #endregion api

    const id = crypto.randomUUID();
    const another = crypto.randomUUID();
    const bodies: Record<string, unknown> = {
      'two teas': { id, sku: 'tea', quantity: 2 },
      'the same again': { id, sku: 'tea', quantity: 2 },
      'one tea more than there is': { id: another, sku: 'tea', quantity: 1 },
      'a yacht on this card': { id: another, sku: 'yacht', quantity: 1 },
      'no such product': { id: another, sku: 'coffee', quantity: 1 },
      'the quantity as text': { id: another, sku: 'tea', quantity: '2' },
      'a price that the caller chose': { id: another, sku: 'tea', quantity: 1, total: 1 },
      'no JSON': undefined,
      'a bug': { id: another, sku: 'bug', quantity: 1 },
    };
    const rows: (string | number)[][] = [];
    let leaked = false;
    for (const [name, body] of Object.entries(bodies)) {
      const response = await fetch(`${url}/orders`, {
        method: 'POST',
        body: body ? JSON.stringify(body) : '{',
      });
      const text = await response.text();
      leaked ||= text.includes('secret detail');
      const { code } = JSON.parse(text) as { code?: string };
      rows.push([name, response.status, code ?? 'an order']);
    }
    fact('What each request gets', { columns: ['request', 'status', 'code'], rows });
    fact('Errors that were logged', logged.length);
    fact('The detail of the bug reached the caller', leaked);

    // #region contract
    fact(
      'The published contract',
      JSON.stringify(z.toJSONSchema(orderRequest, { target: 'openapi-3.0' }), null, 2),
    );
    // #endregion contract

    // #region new-code
    const shop = await copyShop(await folder());
    await shop.edit(
      'src/kernel/errors.ts',
      "'payment-declined'] as const",
      "'payment-declined', 'closed'] as const",
    );
    fact('The compiler, after a new refusal without a status', oneProgram(shop.root)());
    // #endregion new-code
  },
});
