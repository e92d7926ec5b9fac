import { lab } from '#labs/index.ts';

export default lab({
  title: 'Delete after commit still leaves an old price',
  claim:
    'A reader that loaded before a commit can store after the delete, and the old value stays until it expires; a version compared inside Redis refuses it, also from a lagging copy and after a delete, as long as Redis still holds the version.',
  engines: ['postgres', 'redis'],
  async run({ postgres, redis, fact, holds, scene, step }) {
    const db = await postgres();
    await db.query(
      'CREATE TABLE product (id int PRIMARY KEY, price int, version int); INSERT INTO product VALUES (1, 100, 1)',
    );
    const server = await redis();
    const cache = await server.client();
    const [writer, lagging] = await db.sessions('writer', 'lagging');
    const select = 'SELECT price, version FROM product WHERE id = 1';
    const load = async (): Promise<Row> => one(await db.query<Row>(select));
    const reset = async (): Promise<void> => {
      await db.query('UPDATE product SET price = 100, version = 1');
      await cache.send('FLUSHALL');
    };
    const update = (price: number) =>
      writer.query<Row>('UPDATE product SET price = $1, version = version + 1 RETURNING price, version', [
        price,
      ]);

    // 1. Cache-aside: delete after the commit.
    scene('Delete after the commit');
    // #region race
    const miss = await cache.send('GET', 'product:1'); // reader: nothing there
    const old = await load(); // reader: 100, and then its process pauses
    await update(120); // writer commits
    await cache.send('DEL', 'product:1'); // writer: nothing to delete yet
    await cache.send('SET', 'product:1', String(old.price), 'EX', '3600'); // reader goes on
    // #endregion race
    const race = await cache.send('GET', 'product:1');
    step({ who: 'reader', does: 'GET product:1', result: String(miss) });
    step({ who: 'reader', does: select, result: String(old.price), note: 'Now the process pauses.' });
    step({ who: 'writer', does: 'UPDATE product SET price = 120; COMMIT' });
    step({ who: 'writer', does: 'DEL product:1', result: '0', note: 'The key is not there yet.' });
    step({ who: 'reader', does: 'SET product:1 100 EX 3600', outcome: 'fails', note: 'Old, for an hour.' });
    fact('price in the database', (await load()).price);
    fact('price in the cache after delete', Number(race));

    // 2. Delete before the commit: worse, no pause needed.
    await reset();
    await cache.send('DEL', 'product:1');
    const between = await load();
    await cache.send('SET', 'product:1', String(between.price));
    await update(120);
    const deletedFirst = Number(await cache.send('GET', 'product:1'));

    // 3. Write-through: two writers commit in one order and set in the other.
    await reset();
    const [first, second] = [one(await update(120)), one(await update(130))];
    await cache.send('SET', 'product:1', String(second.price));
    await cache.send('SET', 'product:1', String(first.price));
    const through = Number(await cache.send('GET', 'product:1'));

    // 4. The cure: the row's version decides, inside Redis.
    // #region put
    const put = `
      local held = redis.call('HGET', KEYS[1], 'version')
      if held and tonumber(held) > tonumber(ARGV[1]) then return 0 end -- the same again renews the expiry
      redis.call('HSET', KEYS[1], 'version', ARGV[1], 'price', ARGV[2])
      redis.call('EXPIRE', KEYS[1], ARGV[3])
      return 1`;
    const store = (row: Row): Promise<unknown> =>
      cache.send('EVAL', put, '1', 'product:1', String(row.version), String(row.price ?? ''), '600');
    // #endregion put
    const held = async (): Promise<number> => Number(await cache.send('HGET', 'product:1', 'price'));
    const heldOrNone = async (): Promise<number | string> => (await held()) || 'none';
    await reset();
    scene('The same order with a version');
    // #region cure
    const late = await load(); // reader: 100 at version 1, and it pauses
    const row = one(await update(120)); // writer commits version 2
    const written = await store(row); // and puts it in place of a delete
    const refused = await store(late); // reader goes on
    // #endregion cure
    step({ who: 'reader', does: select, result: '100, version 1', note: 'Now the process pauses.' });
    step({ who: 'writer', does: 'UPDATE … version = version + 1; COMMIT', result: '120, version 2' });
    step({ who: 'writer', does: 'put(product:1, version 2, 120)', result: String(written) });
    step({
      who: 'reader',
      does: 'put(product:1, version 1, 100)',
      result: String(refused),
      outcome: 'fails',
    });
    const cured = await held();
    await reset();
    const [one1, two] = [one(await update(120)), one(await update(130))];
    await store(two);
    await store(one1);
    const writers = await held();

    // The same version again: nothing changes but the expiry, so a refresh is a put too.
    await cache.send('EXPIRE', 'product:1', '60');
    await store(two);
    const renewed = Number(await cache.send('TTL', 'product:1'));

    await reset();
    const evicted = await load();
    await store(one(await update(120)));
    await cache.send('DEL', 'product:1'); // Redis needed the memory
    await store(evicted);
    const afterEviction = await held();

    // A row that is deleted leaves its next version behind, without a value.
    await reset();
    // #region tombstone
    const before = await load(); // reader: 100 at version 1, and it pauses
    const [gone] = await writer.query<Row>(
      'DELETE FROM product RETURNING NULL::int AS price, version + 1 AS version',
    );
    if (gone) await store(gone); // version 2, no value
    await store(before); // refused
    const deleted = await heldOrNone();
    const again = await writer.query<Row>('INSERT INTO product VALUES (1, 90, 1) RETURNING price, version');
    await store(one(again)); // the same id starts at version 1 again, and is refused as well
    const reborn = await heldOrNone();
    // #endregion tombstone

    // A lease: a miss takes a token, the writer removes it, and only the token's holder may store.
    // #region lease
    const fill = `
      if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
      redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
      return redis.call('DEL', KEYS[2])`;
    const keys = ['{product:1}', '{product:1}:lease'];
    const leased = async (read: () => Promise<Row>, pause: () => Promise<unknown>): Promise<number> => {
      await cache.send('SET', '{product:1}:lease', 'token-7', 'NX', 'PX', '5000'); // OK: this reader loads
      const row = await read();
      await pause();
      await cache.send('EVAL', fill, '2', ...keys, 'token-7', String(row.price), '600');
      return Number((await cache.send('GET', '{product:1}')) ?? (await load()).price);
    };
    // #endregion lease
    const writeAndDelete = async () => [await update(120), await cache.send('DEL', ...keys)];
    await reset();
    const withLease = await leased(load, writeAndDelete);

    // 5. A version in the key's name, raised after the commit; then the same with a read that lags behind.
    // #region name
    const named = async (read: () => Promise<Row>, pause: () => Promise<unknown>): Promise<number> => {
      const version = Number((await cache.send('GET', 'product:1:v')) ?? 0);
      const row = await read();
      await pause();
      await cache.send('SET', `product:1:${version}`, String(row.price));
      const now = Number((await cache.send('GET', 'product:1:v')) ?? 0);
      return Number((await cache.send('GET', `product:1:${now}`)) ?? (await load()).price);
    };
    // #endregion name
    await reset();
    const raise = async () => [await update(120), await cache.send('INCR', 'product:1:v')];
    const name = await named(load, raise);
    await reset();
    // A snapshot from before the commit stands for a replica that has not replayed it.
    await lagging.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const replica = async (): Promise<Row> => one(await lagging.query<Row>(select));
    await replica();
    await raise();
    const nameLag = await named(replica, () => Promise.resolve());
    await reset();
    await writeAndDelete();
    const leaseLag = await leased(replica, () => Promise.resolve());
    await reset();
    await store(one(await update(120)));
    await store(await replica());
    await lagging.query('COMMIT');
    const rowLag = await held();

    // The counter of a version in the name is a key like any other: evicted, it starts again and meets an old name.
    await reset();
    await cache.send('INCR', 'product:1:v');
    await named(load, () => Promise.resolve()); // stores 100 under product:1:1
    await raise();
    await cache.send('DEL', 'product:1:v'); // Redis needed the memory
    await cache.send('INCR', 'product:1:v'); // the next write counts from 1
    const again1 = String(await cache.send('GET', 'product:1:v')); // a reader asks for the version
    const nameAgain = Number(await cache.send('GET', `product:1:${again1}`)); // and hits

    fact('price in the row and in the cache', {
      columns: ['scheme', 'row', 'cache'],
      rows: [
        ['delete before commit', 120, deletedFirst],
        ['delete after commit', 120, Number(race)],
        ['two writers set', 130, through],
        ['version in the name', 120, name],
        ['+ lagging replica', 120, nameLag],
        ['+ counter evicted', 120, nameAgain],
        ['lease', 120, withLease],
        ['+ lagging replica', 120, leaseLag],
        ['row version', 120, cured],
        ['+ two writers', 130, writers],
        ['+ lagging replica', 120, rowLag],
        ['+ eviction', 120, afterEviction],
        ['+ row deleted', 'none', deleted],
        ['+ same id inserted', 90, reborn],
      ],
    });
    fact('cache says after the version was evicted', afterEviction);
    fact('Redis answers the late reader', Number(refused));
    fact('cache says with a row version', cured);
    fact('cache says with a version in the name and a lagging read', nameLag);
    fact('cache says with a version in the name after its counter was evicted', nameAgain);
    fact('cache says with a lease and a lagging read', leaseLag);
    fact('cache says after the row was deleted', deleted);
    fact('cache says after the same id was inserted again at version 1', reborn);
    holds('the same version put again renews the expiry', renewed > 500);
  },
});

interface Row {
  /** null when the row is deleted. */
  readonly price: number | null;
  readonly version: number;
}

function one(rows: readonly Row[]): Row {
  const [row] = rows;
  if (!row) throw new Error('the product is gone');
  return row;
}
