/**
 * Places order 1 and is killed at a point: `place-order.ts <design> <dies> <PostgreSQL url> <broker url>`. The designs: `table`,
 * `commit-then-publish`, `publish-then-commit`, `outbox`. The points: `first write`, `between`, `at the end`.
 */
import amqp from 'amqplib';
import pg from 'pg';

const [design = '', dies = '', url = '', broker = ''] = process.argv.slice(2);
const db = new pg.Client({ connectionString: url });
await db.connect();

/** The process ends here if this is its point: no handler runs, as with the out-of-memory killer. */
function point(name: string): void {
  if (name === dies) process.kill(process.pid, 'SIGKILL');
}

async function publish(order: number): Promise<void> {
  const connection = await amqp.connect(broker);
  const channel = await connection.createConfirmChannel();
  channel.sendToQueue('invoice', Buffer.from(String(order)), { persistent: true });
  await channel.waitForConfirms();
  await connection.close();
}

if (design === 'table' || design === 'outbox') {
  // #region together
  await db.query('BEGIN');
  await db.query('INSERT INTO shop_order (id, cents) VALUES (1, 4990)');
  point('first write');
  await db.query('INSERT INTO job (order_id) VALUES (1)'); // the outbox has the same row; a relay publishes it
  point('between');
  await db.query('COMMIT');
  point('at the end');
  // #endregion together
} else if (design === 'commit-then-publish') {
  // #region dual
  await db.query('BEGIN');
  await db.query('INSERT INTO shop_order (id, cents) VALUES (1, 4990)');
  point('first write');
  await db.query('COMMIT');
  point('between');
  await publish(1); // returns when the broker has confirmed it
  point('at the end');
  // #endregion dual
} else {
  await db.query('BEGIN');
  await db.query('INSERT INTO shop_order (id, cents) VALUES (1, 4990)');
  point('first write');
  await publish(1);
  point('between');
  await db.query('COMMIT');
  point('at the end');
}
await db.end();
