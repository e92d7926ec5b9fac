/** The workload that both queues get: orders of a shop, each with one invoice to write. */
import type amqp from 'amqplib';
import pg from 'pg';

/** Orders in a run. */
export const orders = 1000;

/** Eight connections place orders, as one process of the shop would. */
const placers = 8;

export const tables = `
  CREATE TABLE shop_order (id int PRIMARY KEY, cents int NOT NULL);
  CREATE TABLE invoice (order_id int PRIMARY KEY); -- no foreign key: an invoice without its order must show
  CREATE TABLE job (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id int NOT NULL)`;

/** Places all orders and queues their jobs, in the table, or on `channel` after each commit. Gives back orders per second. */
export async function placeAll(url: string, channel?: amqp.ConfirmChannel): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: placers });
  let next = 0;
  const place = async (): Promise<void> => {
    while (next < orders) {
      const id = ++next;
      const db = await pool.connect();
      await db.query('BEGIN');
      await db.query('INSERT INTO shop_order (id, cents) VALUES ($1, 4990)', [id]);
      if (!channel) await db.query('INSERT INTO job (order_id) VALUES ($1)', [id]);
      await db.query('COMMIT');
      db.release();
      if (channel)
        await new Promise<void>((resolve, reject) => {
          channel.sendToQueue('invoice', Buffer.from(String(id)), { persistent: true }, (error: unknown) => {
            if (error) reject(error instanceof Error ? error : new Error('The broker refused it.'));
            else resolve();
          });
        });
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: placers }, place));
  const rate = orders / ((performance.now() - from) / 1000);
  await pool.end();
  return rate;
}
