/** Places one order and dies before the named step, as by `kill -9`: `place.ts <url> <broker> <way> <order> <step>`. */
import pg from 'pg';
import { relay } from './relay.ts';

const [url = '', broker = '', way = '', order = '', dieBefore = ''] = process.argv.slice(2);
const db = new pg.Client({ connectionString: url });
await db.connect();

const before = (step: string): void => {
  if (step === dieBefore) process.kill(process.pid, 'SIGKILL'); // nothing after this line runs, no catch either
};
const publish = async (event: string): Promise<void> => {
  await fetch(broker, { method: 'POST', body: event });
};

const ways: Record<string, () => Promise<void>> = {
  // #region dual
  async commitThenPublish() {
    before('commit');
    await db.query('INSERT INTO orders VALUES ($1)', [order]);
    before('publish');
    await publish(order);
  },
  async publishThenCommit() {
    await db.query('BEGIN');
    await db.query('INSERT INTO orders VALUES ($1)', [order]);
    before('publish');
    await publish(order);
    before('commit');
    await db.query('COMMIT');
  },
  // #endregion dual
  // #region outbox
  async outbox() {
    await db.query('BEGIN');
    await db.query('INSERT INTO orders VALUES ($1)', [order]);
    before('outbox row');
    await db.query('INSERT INTO outbox (event) VALUES ($1)', [order]);
    before('commit');
    await db.query('COMMIT'); // the order and its event, or neither
    before('answer');
  },
  // #endregion outbox
  relay: () => relay(db, publish, before),
};
await ways[way]?.();
await db.end();
