import { lab } from '#labs/index.ts';

export default lab({
  title: 'An index on a partitioned table, without blocking writes',
  claim:
    'CREATE INDEX CONCURRENTLY refuses a partitioned table; an empty index on the table, a concurrent one on each partition and an ATTACH of each give the same index, valid with the last.',
  engines: ['postgres'],
  async run({ postgres, fact, scene }) {
    const db = await postgres();
    await db.query(`
      CREATE TABLE event (id bigint, at date, actor int) PARTITION BY RANGE (at);
      CREATE TABLE event_11 PARTITION OF event FOR VALUES FROM ('2026-11-01') TO ('2026-12-01');
      CREATE TABLE event_12 PARTITION OF event FOR VALUES FROM ('2026-12-01') TO ('2027-01-01');
      INSERT INTO event SELECT g, date '2026-11-01' + g % 61, g % 50 FROM generate_series(1, 20000) g`);
    const [dba, app] = await db.sessions('DBA', 'App');

    scene('The obvious statements');
    // #region obvious
    const refused = await dba.does('CREATE INDEX CONCURRENTLY event_actor ON event (actor)');
    await dba.does('BEGIN');
    await dba.does('CREATE INDEX event_actor ON event (actor)');
    const insert = await app.waits(`INSERT INTO event VALUES (20001, '2026-12-02', 1)`, {
      note: 'Every partition is locked against writes until the last index is built.',
    });
    await dba.does('ROLLBACK');
    await insert.outcome();
    // #endregion obvious
    fact('CREATE INDEX CONCURRENTLY on a partitioned table', refused.tag);

    scene('Partition by partition');
    const valid = async (): Promise<boolean> =>
      db.value<boolean>(`SELECT indisvalid FROM pg_index WHERE indexrelid = 'event_actor'::regclass`);
    const states: string[] = [];
    // #region online
    await dba.does('CREATE INDEX event_actor ON ONLY event (actor)', {
      note: 'An empty, invalid index; nothing is read.',
    });
    for (const partition of ['event_11', 'event_12']) {
      await dba.does(`CREATE INDEX CONCURRENTLY ${partition}_actor ON ${partition} (actor)`);
      await dba.does(`ALTER INDEX event_actor ATTACH PARTITION ${partition}_actor`);
      states.push(`${partition}: ${(await valid()) ? 'valid' : 'invalid'}`);
    }
    // #endregion online
    fact('The index of the table, after each ATTACH', states);
    await db.query(
      `CREATE TABLE event_13 PARTITION OF event FOR VALUES FROM ('2027-01-01') TO ('2027-02-01')`,
    );
    fact(
      'Index of a partition made later',
      await db.value<string>(
        `SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'event_13'::regclass`,
      ),
    );
  },
});
