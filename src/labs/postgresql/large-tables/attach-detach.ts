import { lab } from '#labs/index.ts';

export default lab({
  title: 'Attach and detach under traffic',
  claim:
    'CREATE TABLE … PARTITION OF and plain DETACH lock every reader out; ATTACH of a table made aside and DETACH CONCURRENTLY let readers and writers pass, and an interrupted DETACH CONCURRENTLY leaves work to finish.',
  engines: ['postgres'],
  async run({ postgres, fact, scene }) {
    const db = await postgres();
    // #region tables
    await db.query(`
      CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
      CREATE TABLE event_09 PARTITION OF event FOR VALUES FROM ('2026-09-01') TO ('2026-10-01');
      CREATE TABLE event_10 PARTITION OF event FOR VALUES FROM ('2026-10-01') TO ('2026-11-01');
      CREATE TABLE event_11 PARTITION OF event FOR VALUES FROM ('2026-11-01') TO ('2026-12-01');
      INSERT INTO event SELECT g, date '2026-09-01' + g % 91 FROM generate_series(1, 9100) g;
    `);
    // #endregion tables
    const [report, api, janitor] = await db.sessions('Report', 'API', 'Janitor');

    // #region locks
    /** The lock that a statement takes on a table, read from pg_locks before the transaction is rolled back. */
    const lockOn = async (table: string, sql: string): Promise<string> => {
      await janitor.query(`BEGIN; ${sql}`);
      const held = await db.query<{ mode: string }>(
        'SELECT mode FROM pg_locks WHERE pid = $1 AND relation = $2::regclass',
        [janitor.pid, table],
      );
      await janitor.query('ROLLBACK');
      return held.map(({ mode }) => mode).join(', ') || 'none';
    };
    const december = `FOR VALUES FROM ('2026-12-01') TO ('2027-01-01')`;
    await db.query(
      'CREATE TABLE event_12 (LIKE event); CREATE TABLE event_default PARTITION OF event DEFAULT',
    );
    const locks = [];
    for (const sql of [
      `CREATE TABLE event_new PARTITION OF event ${december}`,
      `ALTER TABLE event ATTACH PARTITION event_12 ${december}`,
      'ALTER TABLE event DETACH PARTITION event_09',
      'DROP TABLE event_09',
      'TRUNCATE event_09',
    ]) {
      locks.push([
        sql.replace(` ${december}`, ' …'),
        await lockOn('event', sql),
        await lockOn('event_default', sql),
      ]);
    }
    fact('Locks by statement', {
      columns: ['statement', 'on the table', 'on its default partition'],
      rows: locks,
    });
    await db.query('DROP TABLE event_default');
    // #endregion locks

    const november = `SELECT count(*) FROM event WHERE at = '2026-11-05'`;
    scene('Plain DETACH behind a report: everyone waits');
    // #region plain
    await report.does('BEGIN');
    await report.does('SELECT count(*) FROM event');
    const plain = await janitor.waits('ALTER TABLE event DETACH PARTITION event_09');
    const read = await api.waits(november, { note: 'Another partition altogether, and still it waits.' });
    await report.does('COMMIT');
    await plain.outcome();
    await read.outcome();
    // #endregion plain

    scene('DETACH CONCURRENTLY behind a report: only the janitor waits');
    // #region concurrently
    await report.does('BEGIN');
    await report.does('SELECT count(*) FROM event');
    const detaching = await janitor.waits('ALTER TABLE event DETACH PARTITION event_10 CONCURRENTLY');
    await api.does(november);
    await api.does(`INSERT INTO event VALUES (9101, '2026-11-05')`);
    await report.does('SELECT count(*) FROM event', {
      note: 'The report runs at Read Committed: its second statement no longer sees October.',
    });
    await report.does('COMMIT');
    await detaching.outcome();
    const check = await api.does(`
      SELECT pg_get_constraintdef(oid) AS "left on the detached table"
      FROM pg_constraint WHERE conrelid = 'event_10'::regclass AND contype = 'c'`);
    // #endregion concurrently
    fact(
      'The constraint that makes attaching it again cheap',
      String(check.rows[0]?.['left on the detached table']),
    );

    scene('Interrupted: the rows are gone from the table, the partition is not free');
    // #region interrupted
    await db.query(`ALTER TABLE event ATTACH PARTITION event_12 ${december}`);
    await report.does('BEGIN');
    await report.does('SELECT count(*) FROM event');
    await janitor.does(`SET lock_timeout = '100ms'`);
    const interrupted = await janitor.does('ALTER TABLE event DETACH PARTITION event_11 CONCURRENTLY');
    await report.does('COMMIT');
    await api.does('SELECT count(*) FROM event', { note: 'Empty already.' });
    await api.does('SELECT inhrelid::regclass::text AS partition FROM pg_inherits WHERE inhdetachpending');
    const next = await janitor.does('ALTER TABLE event DETACH PARTITION event_12 CONCURRENTLY');
    await janitor.does('ALTER TABLE event DETACH PARTITION event_11 FINALIZE');
    // #endregion interrupted
    fact('DETACH CONCURRENTLY ended by lock_timeout', interrupted.tag);
    fact('The next DETACH, before FINALIZE', next.tag);

    scene('What refuses');
    const missing = await api.does(`INSERT INTO event VALUES (9102, '2027-01-01')`, {
      note: 'Nobody made January.',
    });
    await db.query('CREATE TABLE event_default PARTITION OF event DEFAULT');
    const withDefault = await janitor.does('ALTER TABLE event DETACH PARTITION event_12 CONCURRENTLY');
    await api.does(`INSERT INTO event VALUES (9102, '2027-01-01')`, {
      note: 'Now the default partition takes it.',
    });
    await db.query('CREATE TABLE event_13 (LIKE event)');
    const overlap = await janitor.does(
      `ALTER TABLE event ATTACH PARTITION event_13 FOR VALUES FROM ('2027-01-01') TO ('2027-02-01')`,
      { note: 'And January can no longer be added before its row is moved.' },
    );
    fact('INSERT without a partition for the row', missing.tag);
    fact('DETACH CONCURRENTLY with a default partition', withDefault.tag);
    fact('ATTACH over rows in the default partition', overlap.tag);

    await db.query(`
      CREATE TABLE invoice (id int, issued date, PRIMARY KEY (id, issued)) PARTITION BY RANGE (issued);
      CREATE TABLE invoice_11 PARTITION OF invoice FOR VALUES FROM ('2026-11-01') TO ('2026-12-01');
      INSERT INTO invoice VALUES (1, '2026-11-05');
      CREATE TABLE reminder (invoice int, issued date, FOREIGN KEY (invoice, issued) REFERENCES invoice);
      INSERT INTO reminder VALUES (1, '2026-11-05')`);
    const referenced = await janitor.does('ALTER TABLE invoice DETACH PARTITION invoice_11', {
      note: 'A reminder still refers to an invoice of that month.',
    });
    fact('DETACH of a partition that a foreign key refers to', referenced.tag);
  },
});
