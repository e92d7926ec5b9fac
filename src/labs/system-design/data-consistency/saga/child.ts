/** Runs one saga and dies before the named step, as by `kill -9`: `child.ts <orders> <stock> <payments> <saga> <step>`. */
import pg from 'pg';
import { run } from './orchestrator.ts';

const [orders = '', stock = '', payments = '', saga = '', dieBefore = ''] = process.argv.slice(2);
const connect = async (connectionString: string) => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
};
const services = {
  orders: await connect(orders),
  stock: await connect(stock),
  payments: await connect(payments),
};
await run(services, saga, (step) => {
  if (step === dieBefore) process.kill(process.pid, 'SIGKILL');
});
process.exit();
