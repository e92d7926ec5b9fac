import { lab, type Scalar } from '#labs/index.ts';

export default lab({
  title: 'A hot tenant moves, and the old shard refuses latecomers',
  claim:
    'The bucket of a tenant that makes 46 % of the requests moves by filtered logical replication while it writes; the fence on the old shard refuses a router with an old map, so no row is lost. Without the fence one row stays behind. A writer that comes later overtakes a fence by row lock, not one by advisory lock.',
  engines: ['postgres'],
  async run({ postgres, until, fact, scene, step }) {
    const [a, b] = await Promise.all([
      postgres.instance({ wal_level: 'logical' }),
      postgres.instance({ wal_level: 'logical' }),
    ]);
    const shards = { a: await a.database(), b: await b.database() };
    const schema = `
      CREATE TABLE orders (bucket int, id int, PRIMARY KEY (bucket, id));
      CREATE TABLE owned (bucket int PRIMARY KEY, writable bool NOT NULL)`;
    for (const shard of [shards.a, shards.b]) await shard.query(schema);

    scene('Why it moves');
    // Tenant 7 makes 23 of every 50 requests; the others' home is shard a for even numbers, b for odd ones.
    const requests = Array.from({ length: 1000 }, (_, n) => (n % 50 < 23 ? 7 : 100 + (n % 54)));
    const shardNames = ['a', 'b', 'c'] as const;
    const load = (ofSeven: string): number[] => {
      const homes = requests.map((tenant) => (tenant === 7 ? ofSeven : tenant % 2 === 0 ? 'a' : 'b'));
      return shardNames.map((shard) => homes.filter((home) => home === shard).length);
    };
    fact('requests of 1,000', {
      columns: ['tenant 7 on', 'a', 'b', 'c'],
      rows: shardNames.map((shard): Scalar[] => [shard, ...load(shard)]),
    });
    fact('fullest shard at first', Math.max(...load('a')));
    fact('fullest shard, moved beside others', Math.max(...load('b')));
    fact('fullest shard, moved alone', Math.max(...load('c')));

    // #region fence
    /** A write asks the shard, in its own transaction, whether it still owns the bucket. */
    const write = (bucket: number, id: number): string => `
      DO $$ BEGIN
        PERFORM pg_advisory_xact_lock_shared(${bucket});
        PERFORM 1 FROM owned WHERE bucket = ${bucket} AND writable; -- a snapshot later than the lock
        IF NOT FOUND THEN RAISE 'bucket ${bucket} is not here' USING ERRCODE = 'MV001'; END IF;
        INSERT INTO orders VALUES (${bucket}, ${id});
      END $$`;
    // #endregion fence

    const orders = (bucket: number): Promise<number> =>
      shards.b.value<number>(`SELECT count(*) FROM orders WHERE bucket = ${bucket}`);

    /** Moves a bucket of 1,000 orders from shard a to shard b; `fence` returns when shard a takes no more writes. */
    const move = async (bucket: number, fence: () => Promise<void>): Promise<void> => {
      const { a: old, b: next } = shards;
      await old.query(`INSERT INTO owned VALUES (${bucket}, true);
                       INSERT INTO orders SELECT ${bucket}, g FROM generate_series(1, 1000) g`);
      await next.query(`INSERT INTO owned VALUES (${bucket}, false)`);
      // #region move
      await old.query(`CREATE PUBLICATION move_${bucket} FOR TABLE orders WHERE (bucket = ${bucket})`);
      await next.query(
        `CREATE SUBSCRIPTION move_${bucket} CONNECTION '${old.conninfo}' PUBLICATION move_${bucket}`,
      );
      await until('the copy is there', async () => (await orders(bucket)) === 1000);
      await fence();
      const end = await old.value<string>('SELECT pg_current_wal_insert_lsn()');
      await until('everything before the fence is applied', () =>
        old.value<boolean>(
          `SELECT bool_or(replay_lsn >= $1::pg_lsn) FROM pg_stat_replication
           WHERE application_name = 'move_${bucket}'`,
          [end],
        ),
      );
      await next.query(`DROP SUBSCRIPTION move_${bucket}`);
      await next.query(`UPDATE owned SET writable = true WHERE bucket = ${bucket}`);
      // #endregion move
    };
    const [writer, mover, later] = await shards.a.sessions('Writer', 'Mover', 'Later writer');

    scene('Moved without a fence');
    await move(1, async () => {
      await writer.query(write(1, 1001));
    });
    const open = await shards.a.outcome(write(1, 1002)); // a router that has not read the new map
    step({ who: 'Shard b', does: 'copies bucket 1, follows its changes, takes over' });
    step({
      who: 'Stale router',
      does: 'writes order 1002 to shard a',
      result: open.code ?? 'accepted',
      outcome: 'fails',
      note: 'Shard b will never see it.',
    });
    fact('orders on the new shard without a fence, of 1,002', await orders(1));

    scene('Moved with a fence');
    step({ who: 'Shard b', does: 'copies bucket 2, follows its changes' });
    await move(2, async () => {
      // #region drain
      await writer.query('BEGIN');
      await writer.query(write(2, 1001)); // still open when the fence comes
      await mover.query('BEGIN');
      const fence = await mover.waits('SELECT true AS locked FROM pg_advisory_xact_lock(2)');
      await writer.query('COMMIT');
      await fence.outcome('Order 1001 is committed.');
      await mover.query('UPDATE owned SET writable = false WHERE bucket = 2; COMMIT');
      // #endregion drain
    });
    step({ who: 'Shard b', does: 'has applied everything before the fence, takes over' });
    const late = await shards.a.outcome(write(2, 1002));
    step({
      who: 'Stale router',
      does: 'writes order 1002 to shard a',
      result: `refused with ${late.code ?? 'nothing'}`,
    });
    const again = await shards.b.outcome(write(2, 1002));
    step({
      who: 'Stale router',
      does: 'reads the map again, writes to shard b',
      result: again.code ?? 'accepted',
    });
    fact('answer to a stale router with a fence', late.code ?? 'accepted');
    fact('orders on the new shard with a fence, of 1,002', await orders(2));

    scene('A fence by row lock is overtaken');
    await shards.a.query('INSERT INTO owned VALUES (3, true), (4, true)');
    // #region overtaken
    const rowLock = 'SELECT writable FROM owned WHERE bucket = 3 FOR SHARE';
    await writer.query('BEGIN');
    await writer.does(rowLock);
    const byRow = await mover.waits('UPDATE owned SET writable = false WHERE bucket = 3');
    await later.query('BEGIN');
    const overtakes = await later.does(rowLock, { note: 'It came after the fence, and goes first.' });
    await writer.does('COMMIT');
    await until('the fence waits for the later writer', () =>
      shards.a.value<boolean>('SELECT $1 = ANY (pg_blocking_pids($2))', [later.pid, mover.pid]),
    );
    // #endregion overtaken
    await later.does('COMMIT', { note: 'Only now can the fence close.' });
    await byRow.outcome();
    fact('writer that comes after a fence by row lock', overtakes.code ?? 'goes first');

    scene('A fence by advisory lock is not');
    await writer.query('BEGIN');
    await writer.does('SELECT true AS locked FROM pg_advisory_xact_lock_shared(4)');
    await mover.query('BEGIN');
    const byAdvisory = await mover.waits('SELECT true AS locked FROM pg_advisory_xact_lock(4)');
    await later.query('BEGIN');
    const queued = await later.waits('SELECT true AS locked FROM pg_advisory_xact_lock_shared(4)');
    await writer.does('COMMIT');
    await byAdvisory.outcome();
    await mover.does('UPDATE owned SET writable = false WHERE bucket = 4; COMMIT');
    await queued.outcome();
    const behind = await later.outcome(write(4, 1));
    await later.query('ROLLBACK');
    step({
      who: 'Later writer',
      does: 'reads that the bucket is not here',
      result: behind.code ?? 'accepted',
    });
    fact('writer that comes after a fence by advisory lock', behind.code ?? 'accepted');

    scene('The filter needs the key');
    await shards.a.query(`
      CREATE TABLE invoice (id int PRIMARY KEY, bucket int);
      INSERT INTO invoice VALUES (1, 3);
      CREATE PUBLICATION by_bucket FOR TABLE invoice WHERE (bucket = 3)`);
    const refused = await shards.a.query('UPDATE invoice SET id = 2').then(
      () => 'accepted',
      (error: unknown) => String((error as { code?: string }).code),
    );
    step({
      who: 'Shard a',
      does: 'UPDATE invoice, published WHERE (bucket = 3), primary key (id)',
      result: refused,
      outcome: 'fails',
      note: 'The filter column is not part of the replica identity.',
    });
    fact('UPDATE once a filter names a column outside the key', refused);
  },
});
