import type { Server } from 'node:http';
import { createCatalog } from '#catalog';
import { placeOrder } from '#orders';
import { postgresStore } from '#orders/postgres';
import { httpGateway } from '#payments/http';
import pg from 'pg';
import type { Config } from './config.ts';
import { createApi } from './http.ts';

// #region compose
/** The composition root: the only place that knows every adapter. Read it to know what this process consists of. */
export function compose(config: Config): { readonly server: Server; readonly close: () => Promise<void> } {
  const pool = new pg.Pool({ connectionString: config.DATABASE_URL.reveal(), max: 5 });
  const place = placeOrder({
    catalog: createCatalog([{ sku: 'tea', price: 450 }]),
    store: postgresStore(pool),
    gateway: httpGateway({
      url: config.PAYMENTS_URL,
      key: () => config.PAYMENTS_KEY.reveal(),
      timeout: config.PAYMENTS_TIMEOUT_MS,
    }),
  });
  const server = createApi(place, console.error);
  return { server, close: () => pool.end() };
}
// #endregion compose
