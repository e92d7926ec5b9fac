import { lab } from '#labs/index.ts';
import { kilobytes, loadDeliveries, look } from './deliveries/deliveries.ts';

export default lab({
  title: 'GiST: overlap, nearest and “never twice”',
  claim:
    'GiST finds overlapping ranges and nearest neighbours in a few pages and enforces that ranges never overlap, also between concurrent transactions.',
  engines: ['postgres'],
  timeout: 120,
  async run({ postgres, fact, holds, scene }) {
    const db = await postgres();
    await db.query('CREATE EXTENSION btree_gist');
    await loadDeliveries(db);

    // #region overlap
    const from = '2026-01-18 10:20Z', until = '2026-01-18 10:40Z'; // prettier-ignore
    const bounds = `SELECT id FROM delivery WHERE lower(slot) < '${until}' AND upper(slot) > '${from}'`;
    const overlap = `SELECT id FROM delivery WHERE slot && '[${from}, ${until})'`;
    const scanned = await look(db, overlap);
    await db.query('CREATE INDEX ends ON delivery (lower(slot), upper(slot))');
    const btree = await look(db, bounds);
    // no slot is longer than an hour, and the query says so
    const bounded = await look(db, `${bounds} AND lower(slot) > timestamptz '${from}' - interval '1 hour'`);
    const btreeSize = await kilobytes(db, 'ends');
    await db.query('DROP INDEX ends');
    await db.query('CREATE INDEX slots ON delivery USING gist (slot)');
    const gist = await look(db, overlap);
    // #endregion overlap
    fact('Slots that overlap twenty minutes', {
      columns: ['index', 'plan', 'pages', 'rows', 'index, kB'],
      rows: [
        ['none', scanned.scan, scanned.pages, scanned.rows, 0],
        ['B-tree (lower(slot), upper(slot))', btree.scan, btree.pages, btree.rows, btreeSize],
        ['the same, and slots last an hour at most', bounded.scan, bounded.pages, bounded.rows, btreeSize],
        ['GiST (slot)', gist.scan, gist.pages, gist.rows, await kilobytes(db, 'slots')],
      ],
    });
    fact('Size of GiST on the slot', await kilobytes(db, 'slots'), 'kB');
    fact('Size of a B-tree on both ends', btreeSize, 'kB');
    fact('Pages for overlap with B-tree', btree.pages);
    fact('Pages for overlap with GiST', gist.pages);
    fact('Pages for overlap with a B-tree and a longest slot', bounded.pages);
    const only = await look(db, overlap.replace('SELECT id', 'SELECT slot'));
    fact('Plan when only the range is asked for', only.scan);

    // #region nearest
    const nearest = `SELECT id FROM delivery ORDER BY place <-> point(50, 50) LIMIT 10`;
    const sorted = await look(db, nearest);
    await db.query('CREATE INDEX places ON delivery USING gist (place)');
    const walked = await look(db, nearest);
    // #endregion nearest
    fact('Ten places nearest to a point', {
      columns: ['index', 'plan', 'pages'],
      rows: [
        ['none', sorted.nodes.join(' ← '), sorted.pages],
        ['GiST (place)', walked.nodes.join(' ← '), walked.pages],
      ],
    });
    fact('Pages for the nearest ten', walked.pages);

    await db.query(`
      CREATE TABLE booking (driver int, slot tstzrange);
      INSERT INTO booking SELECT driver, slot FROM delivery WHERE id <= 20000;
    `);
    const [anna, ben] = await db.sessions('Anna', 'Ben');
    const free = `SELECT count(*) FROM booking
                  WHERE driver = 42 AND slot && '[2027-01-01 10:00Z, 2027-01-01 11:00Z)'`;
    const first = `INSERT INTO booking VALUES (42, '[2027-01-01 10:00Z, 2027-01-01 11:00Z)')`;
    const second = `INSERT INTO booking VALUES (42, '[2027-01-01 10:30Z, 2027-01-01 11:30Z)')`;

    scene('Check, then insert: the driver is booked twice');
    await anna.does('BEGIN');
    await ben.does('BEGIN');
    await anna.does(free, { note: 'Free, says the query.' });
    await ben.does(free, { note: 'Also free: Anna has not committed.' });
    await anna.does(first);
    await ben.does(second);
    await anna.does('COMMIT');
    await ben.does('COMMIT');
    const twice = await db.value<number>(free);
    await db.query(`DELETE FROM booking WHERE lower(slot) >= '2027-01-01Z'`);

    // #region race
    scene('An exclusion constraint: the second insert waits, then fails');
    await anna.does('ALTER TABLE booking ADD EXCLUDE USING gist (driver WITH =, slot WITH &&)');
    await anna.does('BEGIN');
    await ben.does('BEGIN');
    await anna.does(first);
    const waiting = await ben.waits(second, {
      note: 'The index shows an overlap whose transaction is still open.',
    });
    await anna.does('COMMIT');
    const refused = await waiting.outcome('No retry helps here: the slot is taken.');
    await ben.does('ROLLBACK');
    // #endregion race
    fact('Bookings of the driver for that hour without the constraint', twice);
    fact('SQLSTATE with the constraint', refused.tag);

    // #region instant
    // Both insert at the same instant, pair after pair, until each has waited for the other.
    for (const each of [anna, ben]) await each.query(`SET deadlock_timeout = '10ms'`);
    const refusals = new Set<string>();
    let pairs = 0;
    while (!refusals.has('40P01') && pairs < 100_000) {
      const insert = `INSERT INTO booking VALUES (${1000 + ++pairs}, '[2027-01-01 10:00Z, 2027-01-01 11:00Z)')`;
      const outcomes = await Promise.all([anna.outcome(insert), ben.outcome(insert)]);
      for (const { code } of outcomes) if (code) refusals.add(code);
    }
    // #endregion instant
    const booked = await db.value<number>('SELECT count(*) FROM booking WHERE driver > 1000');
    if (booked !== pairs) throw new Error(`${booked} bookings of ${pairs} pairs.`);
    const [other] = [...refusals].filter((code) => code !== '23P01');
    fact('SQLSTATE when each waits for the other', other ?? 'not seen');

    // #region temporal
    await db.query(
      'CREATE TABLE shift (driver int, during tstzrange, PRIMARY KEY (driver, during WITHOUT OVERLAPS))',
    );
    await db.query(`
      CREATE TABLE break (driver int, during tstzrange,
        FOREIGN KEY (driver, PERIOD during) REFERENCES shift (driver, PERIOD during))`);
    await db.query(
      `INSERT INTO shift VALUES (42, '[2027-01-01 08:00Z, 2027-01-01 12:00Z)'), (42, '[2027-01-01 12:00Z, 2027-01-01 16:00Z)')`,
    );
    const overlapping = await db.outcome(
      `INSERT INTO shift VALUES (42, '[2027-01-01 15:00Z, 2027-01-01 17:00Z)')`,
    );
    const across = await db.outcome(
      `INSERT INTO break VALUES (42, '[2027-01-01 11:45Z, 2027-01-01 12:15Z)')`,
    );
    const outside = await db.outcome(
      `INSERT INTO break VALUES (42, '[2027-01-01 15:45Z, 2027-01-01 16:15Z)')`,
    );
    // #endregion temporal
    fact('Temporal keys', {
      columns: ['statement', 'outcome'],
      rows: [
        ['a shift that overlaps another', overlapping.tag],
        ['a break across two adjoining shifts', across.tag],
        ['a break that ends after the last shift', outside.tag],
      ],
    });
    fact(
      'The index behind WITHOUT OVERLAPS',
      await db.value<string>(`SELECT pg_get_indexdef('shift_pkey'::regclass)`),
    );

    holds(
      'for overlap GiST reads less than half of what a B-tree on both ends reads',
      gist.pages * 2 < btree.pages,
    );
    holds('the nearest ten cost less than a hundredth of the table', walked.pages * 100 < sorted.pages);
  },
});
