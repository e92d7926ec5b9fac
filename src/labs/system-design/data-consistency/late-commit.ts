import { lab, type Session } from '#labs/index.ts';

interface Event {
  id: string;
  tx: string;
  event: string;
}

export default lab({
  title: 'The event with the lower id commits last',
  claim:
    'A relay that remembers the highest id it has seen never reads an event whose transaction commits late; three other ways to read the outbox do, each at a price.',
  engines: ['postgres'],
  async run({ postgres, fact, scene, step, until }) {
    const server = await postgres.instance({ wal_level: 'logical' });
    const db = await server.database();
    await db.query(`
      CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
        event text NOT NULL,
        sent_at timestamptz
      )`);
    await db.query(`SELECT pg_create_logical_replication_slot('relay', 'test_decoding')`);
    const [t1, t2, poll] = await db.sessions('T1', 'T2', 'Relay');
    const names = (rows: readonly { event: string }[]) =>
      rows.map((row) => row.event).join(', ') || 'nothing';

    // #region pollers
    let lastId = '0';
    const byId = async (session: Session): Promise<string> => {
      const rows = await session.query<Event>('SELECT * FROM outbox WHERE id > $1 ORDER BY id', [lastId]);
      lastId = rows.at(-1)?.id ?? lastId;
      return names(rows);
    };
    const byMark = async (session: Session): Promise<string> =>
      names(
        await session.query<Event>('UPDATE outbox SET sent_at = now() WHERE sent_at IS NULL RETURNING event'),
      );
    let last = ['0', '0'];
    const bySnapshot = async (session: Session): Promise<string> => {
      const rows = await session.query<Event>(
        `SELECT * FROM outbox WHERE (tx, id) > ($1::xid8, $2::bigint)
           AND tx < pg_snapshot_xmin(pg_current_snapshot()) -- every older transaction has ended
         ORDER BY tx, id`,
        last,
      );
      const end = rows.at(-1);
      if (end) last = [end.tx, end.id];
      return names(rows);
    };
    // #endregion pollers
    const byLog = async (session: Session): Promise<string> =>
      names(
        await session.query<{ event: string }>(
          `SELECT substring(data FROM 'event\\[text\\]:''([^'']*)''') AS event
           FROM pg_logical_slot_get_changes('relay', NULL, NULL)
           WHERE data LIKE 'table public.outbox: INSERT%'`,
        ),
      );
    const all = async () => [await byId(poll), await byMark(poll), await bySnapshot(poll), await byLog(poll)];

    scene('A relay that asks for id > last');
    await t1.does('BEGIN');
    await t1.does(`INSERT INTO outbox (event) VALUES ('A')`, { note: 'Takes id 1 now, and commits later.' });
    await t2.does(`INSERT INTO outbox (event) VALUES ('B')`, { note: 'Takes id 2 and is committed.' });
    const first = await all();
    step({ who: 'Relay', does: 'SELECT … WHERE id > 0', result: first[0] ?? '', note: 'Remembers 2.' });
    await t1.does('COMMIT');
    const second = await all();
    step({
      who: 'Relay',
      does: 'SELECT … WHERE id > 2',
      result: second[0] ?? '',
      note: 'A has id 1. No later poll will ask for it.',
    });
    const ways = ['id > last', 'a mark on each row', 'older than every open transaction', 'the log'];
    const rows = ways.map((way, at) => {
      const [one = '', two = ''] = [first[at], second[at]];
      const seen = [one, two].join(', ');
      return [way, one, two, ['A', 'B'].filter((event) => !seen.includes(event)).join() || 'none'];
    });
    fact('what each relay read', {
      columns: ['way', 'while A is open', 'after A commits', 'never read'],
      rows,
    });
    fact('never read by id > last', rows[0]?.[3] ?? '');

    // Waiting until a gap fills: a rolled-back number never comes.
    await t1.query('BEGIN');
    await t1.query(`INSERT INTO outbox (event) VALUES ('C')`);
    await t1.query('ROLLBACK');
    await t2.query(`INSERT INTO outbox (event) VALUES ('D')`);
    fact(
      'ids after one rollback',
      (await db.query<{ id: string }>('SELECT id FROM outbox ORDER BY id')).map((row) => Number(row.id)),
    );
    await all();

    // The price of the snapshot: any open writer on the server holds it back, in whatever database.
    const other = await server.database();
    await other.query('CREATE TABLE report (n int)');
    const [stranger] = await other.sessions('Other database');
    await stranger.query('BEGIN');
    const read = 'SELECT count(*) FROM report';
    await stranger.query(read);
    await t2.query(`INSERT INTO outbox (event) VALUES ('E')`);
    fact('read by snapshot beside an open reader', await bySnapshot(poll));
    await stranger.query('INSERT INTO report VALUES (1)');
    await t2.query(`INSERT INTO outbox (event) VALUES ('F')`);
    const stalled = await bySnapshot(poll);
    fact('read by snapshot while another database has an open writer', stalled);
    fact('read by the mark meanwhile', await byMark(poll));
    await stranger.query('COMMIT');
    fact('read by snapshot once that writer has ended', await until('F is read', () => bySnapshot(poll)));

    // Versions that are taken under the row's lock follow the commits.
    scene('Two changes of one order: lock the order first, then write the event');
    await db.query(`CREATE TABLE orders (id int PRIMARY KEY, version int); INSERT INTO orders VALUES (7, 1)`);
    const bump = 'UPDATE orders SET version = version + 1 WHERE id = 7 RETURNING version';
    const tell = `INSERT INTO outbox (event) SELECT 'order 7 v' || version FROM orders WHERE id = 7`;
    await t1.does('BEGIN');
    await t1.does(bump, { note: 'The row lock is the queue.' });
    await t2.does('BEGIN');
    const waiting = await t2.waits(bump);
    await t1.does(tell);
    await t1.does('COMMIT');
    await waiting.outcome();
    await t2.does(tell);
    await t2.does('COMMIT');
    fact(
      'events of order 7 by id',
      (
        await db.query<{ event: string }>(`SELECT event FROM outbox WHERE event LIKE 'order 7%' ORDER BY id`)
      ).map((row) => row.event),
    );
  },
});
