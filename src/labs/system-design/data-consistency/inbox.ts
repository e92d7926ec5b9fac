import { lab, type Session } from '#labs/index.ts';

/** Thrown where the consumer's process would have died. */
class Died extends Error {}

export default lab({
  title: 'The same event twice, and two events in the wrong order',
  claim:
    'A redelivered event is applied once only if the inbox row and the effect share a transaction, and a version on each event keeps a late one from overwriting a newer state.',
  engines: ['postgres'],
  async run({ postgres, fact, scene, step }) {
    const db = await postgres();
    await db.query(`
      CREATE TABLE stock (sku text PRIMARY KEY, free int NOT NULL);
      CREATE TABLE inbox (event_id text PRIMARY KEY, seen_at timestamptz NOT NULL DEFAULT now());
    `);
    const [a, b] = await db.sessions('Consumer A', 'Consumer B');

    const seen = `INSERT INTO inbox (event_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING event_id`;
    const take = `UPDATE stock SET free = free - 1 WHERE sku = 'cup'`;
    type Handler = (session: Session, event: string, dies: () => void) => Promise<void>;
    const noInbox: Handler = async (session, _event, dies) => {
      await session.query(take);
      dies(); // before it acknowledges
    };
    const inboxFirst: Handler = async (session, event, dies) => {
      const isNew = (await session.query(seen, [event])).length === 1;
      dies();
      if (isNew) await session.query(take);
    };
    const effectFirst: Handler = async (session, event, dies) => {
      const known = await session.query('SELECT FROM inbox WHERE event_id = $1', [event]);
      if (known.length > 0) return;
      await session.query(take);
      dies();
      await session.query(seen, [event]);
    };
    // #region inbox
    const oneTransaction: Handler = async (session, event, dies) => {
      await session.query('BEGIN');
      const isNew = (await session.query(seen, [event])).length === 1; // INSERT … ON CONFLICT DO NOTHING
      dies();
      if (isNew) await session.query(take);
      await session.query('COMMIT'); // acknowledge to the broker after this line
    };
    // #endregion inbox

    const handlers: [string, Handler][] = [
      ['no inbox', noInbox],
      ['inbox row, then effect', inboxFirst],
      ['effect, then inbox row', effectFirst],
      ['both in one transaction', oneTransaction],
    ];
    const free = () => db.value<number>(`SELECT free FROM stock WHERE sku = 'cup'`);
    const rows: [string, number, number][] = [];
    for (const [name, handle] of handlers) {
      const fill = () => db.query(`TRUNCATE stock, inbox; INSERT INTO stock VALUES ('cup', 10)`);
      await fill();
      await handle(a, 'e1', () => undefined);
      await handle(a, 'e1', () => undefined);
      const twice = await free();
      await fill();
      const death = handle(a, 'e1', () => {
        throw new Died();
      });
      await death.catch((error: unknown) => {
        if (!(error instanceof Died)) throw error;
      });
      await a.query('ROLLBACK'); // what the server does when the connection of a dead process ends
      await handle(b, 'e1', () => undefined); // the broker delivers again
      rows.push([name, twice, await free()]);
    }
    const said = (left: number) => `${left}${left < 9 ? ', taken twice' : left > 9 ? ', never taken' : ''}`;
    fact('cups left of 10 after one order', {
      columns: ['consumer', 'delivered twice', 'died, delivered again'],
      rows: rows.map(([name, twice, died]) => [name, said(twice), said(died)]),
    });
    fact('cups left after a death, inbox row first', rows[1]?.[2] ?? -1);
    fact('cups left after a death, effect first', rows[2]?.[2] ?? -1);
    fact('cups left after a death, one transaction', rows[3]?.[2] ?? -1);
    fact('cups left after two deliveries without an inbox', rows[0]?.[1] ?? -1);

    await db.query('TRUNCATE inbox');
    await oneTransaction(a, 'e1', () => undefined);
    await db.query('DELETE FROM inbox'); // pruned, and then an old event is replayed
    const pruned = await free();
    await oneTransaction(a, 'e1', () => undefined);
    fact('cups taken again when a replay is older than the inbox', pruned - (await free()));

    scene('Two consumers get the same event at once');
    await db.query(`TRUNCATE inbox; UPDATE stock SET free = 10`);
    const claim = `INSERT INTO inbox (event_id) VALUES ('e2') ON CONFLICT DO NOTHING`;
    await a.does('BEGIN');
    await a.does(claim);
    await b.does('BEGIN');
    const waiting = await b.waits(claim);
    await a.does(take);
    await a.does('COMMIT');
    const { tag } = await waiting.outcome();
    await b.does('COMMIT', { note: 'Nothing to do. B acknowledges.' });
    fact('the second consumer inserts', tag);
    fact('cups left after two consumers at once', await free());

    // Events that carry the state and its version.
    await db.query(`
      CREATE TABLE view_blind (id int PRIMARY KEY, version int, status text);
      CREATE TABLE order_view (LIKE view_blind INCLUDING ALL);
    `);
    const arrive: [number, string][] = [
      [1, 'placed'],
      [3, 'cancelled'],
      [2, 'paid'],
    ];
    scene('Version 3 arrives before version 2');
    for (const [version, status] of arrive) {
      await db.query(
        `INSERT INTO view_blind VALUES (7, $1, $2)
         ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status`,
        [version, status],
      );
      // #region version
      const applied = await db.query(
        `INSERT INTO order_view (id, version, status) VALUES (7, $1, $2)
         ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status
           WHERE order_view.version < excluded.version
         RETURNING version`,
        [version, status],
      );
      // #endregion version
      step({
        who: 'Consumer',
        does: `version ${version}: ${status}`,
        result: applied.length === 1 ? 'applied' : 'older than what is there: dropped',
      });
      if (version === 1) {
        // The user has just cancelled, and the answer to that carried version 3.
        const fresh = await db.query('SELECT status FROM order_view WHERE id = 7 AND version >= $1', [3]);
        fact('rows the view gives a reader who needs version 3', fresh.length);
      }
    }
    fact('status when the last arrival wins', await db.value('SELECT status FROM view_blind'));
    fact('status when the highest version wins', await db.value('SELECT status FROM order_view'));
    const after = await db.query('SELECT status FROM order_view WHERE id = 7 AND version >= $1', [3]);
    fact('rows for that reader once version 3 is applied', after.length);
  },
});
