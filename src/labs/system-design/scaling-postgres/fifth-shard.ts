import { createHash } from 'node:crypto';
import { lab, type Scalar } from '#labs/index.ts';

const keys = 10_000;
const bucketCount = 1024;

// #region routes
/** The first four bytes of SHA-256: the same in every process, language and version. */
const hash = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE(0);

const modulo = (tenant: number, shards: number): number => hash(`${tenant}`) % shards;

const bucketOf = (tenant: number): number => hash(`${tenant}`) % bucketCount; // never changes

/** Rendezvous: the shard with the highest score for this key. */
const rendezvous = (tenant: number, shards: number): number => {
  const scores = Array.from({ length: shards }, (_, shard) => hash(`${tenant}@${shard}`));
  return scores.indexOf(Math.max(...scores));
};
// #endregion routes

// #region grow
/** The map for one shard more: it takes an equal share of buckets from each of the others. */
function grow(map: readonly number[]): number[] {
  const shards = Math.max(...map) + 1;
  const share = Math.floor(bucketCount / (shards + 1));
  const next = [...map];
  for (let taken = 0; taken < share; taken += 1) next[next.indexOf(taken % shards)] = shards;
  return next;
}
// #endregion grow

const tenants = Array.from({ length: keys }, (_, index) => index + 1);
const moved = (before: (tenant: number) => number, after: (tenant: number) => number): number =>
  tenants.filter((tenant) => before(tenant) !== after(tenant)).length;

export default lab({
  title: 'A fifth shard: what has to move',
  claim:
    'Of 10,000 tenants on four shards, hash mod N moves four in five when a fifth is added; a map of 1,024 buckets moves one in five, which is what the new shard will hold, and every row is found afterwards.',
  engines: ['postgres'],
  async run({ postgres, fact, series }) {
    const shards: Awaited<ReturnType<typeof postgres>>[] = [];
    for (let n = 0; n < 5; n += 1) shards.push(await postgres());
    for (const shard of shards)
      await shard.query(
        'CREATE TABLE tenant (id int PRIMARY KEY, bucket int NOT NULL); CREATE INDEX ON tenant (bucket)',
      );
    const four = Array.from({ length: bucketCount }, (_, bucket) => bucket % 4);
    const five = grow(four);
    const on = (shard: number): (typeof shards)[number] => {
      const database = shards[shard];
      if (!database) throw new Error(`There is no shard ${shard}.`);
      return database;
    };
    const place = (map: readonly number[], tenant: number): number => map[bucketOf(tenant)] ?? -1;
    for (const shard of [0, 1, 2, 3]) {
      const here = tenants.filter((tenant) => place(four, tenant) === shard);
      await on(shard).query('INSERT INTO tenant SELECT * FROM unnest($1::int[], $2::int[])', [
        here,
        here.map(bucketOf),
      ]);
    }
    const counts = (): Promise<number[]> =>
      Promise.all(shards.map((shard) => shard.value<number>('SELECT count(*) FROM tenant')));
    const before = await counts();

    // #region move
    let rows = 0;
    for (const [bucket, owner] of five.entries()) {
      const old = four[bucket];
      if (old === undefined || old === owner) continue;
      const gone = await on(old).query<{ id: number }>('DELETE FROM tenant WHERE bucket = $1 RETURNING id', [
        bucket,
      ]);
      await on(owner).query('INSERT INTO tenant SELECT unnest($1::int[]), $2', [
        gone.map(({ id }) => id),
        bucket,
      ]);
      rows += gone.length;
    }
    // #endregion move
    const after = await counts();
    let found = 0;
    for (const shard of [0, 1, 2, 3, 4]) {
      const here = tenants.filter((tenant) => place(five, tenant) === shard);
      found += await on(shard).value<number>('SELECT count(*) FROM tenant WHERE id = ANY ($1)', [here]);
    }

    const byModulo = moved(
      (t) => modulo(t, 4),
      (t) => modulo(t, 5),
    );
    const byRendezvous = moved(
      (t) => rendezvous(t, 4),
      (t) => rendezvous(t, 5),
    );
    const doubled = moved(
      (t) => modulo(t, 4),
      (t) => modulo(t, 8),
    );
    fact('tenants that move, of 10,000', {
      columns: ['routing', 'from', 'to', 'move'],
      rows: [
        ['hash mod N', 4, 5, byModulo],
        ['hash mod N', 4, 8, doubled],
        ['1,024 buckets', 4, 5, rows],
        ['rendezvous', 4, 5, byRendezvous],
      ],
    });
    fact('moved by mod N', byModulo);
    fact('moved by buckets', rows);
    fact('moved by rendezvous', byRendezvous);
    fact('buckets that move', five.filter((owner, bucket) => owner !== four[bucket]).length);
    fact('tenants on each shard', {
      columns: ['shard', 'before', 'after'],
      rows: before.map((count, shard): Scalar[] => [shard, count, after[shard] ?? 0]),
    });
    fact('tenants found where the new map says', found);

    const points = { 'hash mod N': [] as [number, number][], '1,024 buckets': [] as [number, number][] };
    let map: number[] = four;
    for (let n = 4; n < 12; n += 1) {
      const next = grow(map);
      const current = map;
      points['hash mod N'].push([
        n + 1,
        moved(
          (t) => modulo(t, n),
          (t) => modulo(t, n + 1),
        ) / 100,
      ]);
      points['1,024 buckets'].push([
        n + 1,
        moved(
          (t) => place(current, t),
          (t) => place(next, t),
        ) / 100,
      ]);
      map = next;
    }
    series('share of tenants that move when one shard is added', {
      x: 'shards afterwards',
      y: 'tenants that move',
      unit: '%',
      exact: true,
      points,
    });
  },
});
