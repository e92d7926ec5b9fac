/**
 * Writes invoices until it is killed: `worker.ts <table|broker> <dies at> <PostgreSQL url> <broker url>`. At its job number
 * `dies at` it has written the invoice and is killed before it can say so; 0 is never. On the queue's last job it goes on waiting.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import amqp from 'amqplib';
import pg from 'pg';

const [kind = '', diesAt = '0', url = '', broker = ''] = process.argv.slice(2);
const db = new pg.Client({ connectionString: url });
await db.connect();
let jobs = 0;

/** The work, safe to repeat. Prints when the invoice was there already. */
async function invoice(order: number): Promise<void> {
  const { rowCount } = await db.query(
    'INSERT INTO invoice (order_id) VALUES ($1) ON CONFLICT (order_id) DO NOTHING',
    [order],
  );
  if (rowCount === 0) console.log(`again ${order}`);
  jobs++;
  if (jobs === Number(diesAt)) process.kill(process.pid, 'SIGKILL');
}

// #region table
/** Claim, work and finish are one transaction: what a killed worker held is free again when its connection closes. */
async function fromTable(): Promise<boolean> {
  await db.query('BEGIN');
  const { rows } = await db.query<{ order_id: number }>(
    `DELETE FROM job WHERE id = (
       SELECT id FROM job ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING order_id`,
  );
  for (const { order_id } of rows) await invoice(order_id);
  await db.query('COMMIT');
  return rows.length > 0;
}
// #endregion table

// #region broker
/** The broker keeps a message until it is acknowledged: what a killed worker held is delivered again. */
async function fromBroker(): Promise<void> {
  const channel = await (await amqp.connect(broker)).createChannel();
  await channel.prefetch(20);
  const handle = async (message: amqp.ConsumeMessage | null): Promise<void> => {
    if (!message) return;
    await invoice(Number(message.content.toString()));
    channel.ack(message);
  };
  await channel.consume('invoice', (message) => void handle(message));
}
// #endregion broker

console.log('ready');
if (kind === 'broker') await fromBroker();
else for (;;) if (!(await fromTable())) await sleep(20);
