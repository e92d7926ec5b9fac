import pg from 'pg';
import { leaking } from '../incident/checkout.ts';

const { DATABASE_URL, LISTENER } = process.env;

// #region pod
const pool = new pg.Pool({
  connectionString: DATABASE_URL,
  max: 1,
  idle_in_transaction_session_timeout: 300,
});
if (LISTENER)
  pool.on('connect', (client) =>
    client.on('error', (error) => {
      console.log(`client error ${'code' in error ? String(error.code) : ''}`);
    }),
  );

const { status } = await leaking(pool, 1, 'SUMMER');
console.log(`answered ${status}`);
// #endregion pod
process.stdin.on('data', () => {
  const checkout = leaking(pool, 2, 'WELCOME');
  checkout.catch(() => undefined);
  console.log(`next: total ${pool.totalCount} idle ${pool.idleCount} waiting ${pool.waitingCount}`);
});
