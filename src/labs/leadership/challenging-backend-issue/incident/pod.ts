import { createServer } from 'node:http';
import pg from 'pg';
import { fixed, leaking } from './checkout.ts';

const { DATABASE_URL, VERSION, COUPONS } = process.env;
const checkout = VERSION === 'fixed' ? fixed : leaking;

// #region pod
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10, options: '-c checkout.work=0.015' });

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://pod');
  if (pathname === '/healthz') return void response.end('ok');
  if (pathname === '/pool') return void response.end(JSON.stringify({ waiting: pool.waitingCount }));
  // The switch: with coupons off, every checkout is placed without one.
  const coupon = COUPONS === 'off' ? 'WELCOME' : (searchParams.get('coupon') ?? 'WELCOME');
  checkout(pool, Number(searchParams.get('cart')), coupon).then(
    ({ status }) => response.writeHead(status).end(),
    () => response.writeHead(500).end(),
  );
});
// #endregion pod
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`listening on ${typeof address === 'object' ? address?.port : ''}`);
});
