import { lab, type Database, type Scalar } from '#labs/index.ts';
import { kilobytes, loadDeliveries, look, planText } from './deliveries/deliveries.ts';

/** A leaf of the decision: the kind, the index, and what follows `SELECT id FROM delivery WHERE`. */
type Leaf = readonly [kind: string, index: string, condition: string];

// #region leaves
const leaves: readonly Leaf[] = [
  ['B-tree', '(customer, created_at)', 'customer = 4242 ORDER BY created_at DESC LIMIT 10'],
  ['GIN', 'USING gin (attributes jsonb_path_ops)', `attributes @> '{"carrier": "c42", "weight": 8}'`],
  ['GiST', 'USING gist (slot)', `slot && '[2026-01-18 10:20Z, 2026-01-18 10:40Z)'`],
  ['SP-GiST', 'USING spgist (place)', `place <@ box '(50, 50), (51, 51)'`],
  ['BRIN', 'USING brin (created_at)', `created_at >= '2026-03-01Z' AND created_at < '2026-03-08Z'`],
  ['hash', 'USING hash (token)', `token = encode(sha256('4242'), 'hex')`],
  ['none', '(customer)', 'customer >= 2000'],
];
// #endregion leaves

/** What an index can do, by PostgreSQL's own functions: of its access method, or of its first column's operator class. */
const properties = {
  unique: `pg_indexam_has_property(relam, 'can_unique')`,
  'several columns': `pg_indexam_has_property(relam, 'can_multi_col')`,
  'ORDER BY column': `pg_indexam_has_property(relam, 'can_order')`,
  'nearest first': `pg_index_column_has_property(oid, 1, 'distance_orderable')`,
  'index-only scan': `pg_index_column_has_property(oid, 1, 'returnable')`,
  INCLUDE: `pg_indexam_has_property(relam, 'can_include')`,
  'exclusion constraint': `pg_indexam_has_property(relam, 'can_exclude')`,
} as const;

/** The first column of an index, by its definition. */
const columnOf = (index: string): string => /\((\w+)/.exec(index)?.[1] ?? '';

async function abilitiesOf(db: Database): Promise<('yes' | 'no')[]> {
  const [row] = await db.query(
    `SELECT ${Object.values(properties)
      .map((property, at) => `${property} AS p${at}`)
      .join(', ')} FROM pg_class WHERE oid = 'probe'::regclass`,
  );
  return Object.values(row ?? {}).map((has) => (has === true ? 'yes' : 'no'));
}

export default lab({
  title: 'Seven questions, one table, the index for each',
  claim:
    'Each kind of index turns one kind of question from a scan of the whole table into a few pages, and none helps a question that wants a large share of the rows.',
  engines: ['postgres'],
  timeout: 120,
  async run({ postgres, fact, holds }) {
    const db = await postgres();
    await loadDeliveries(db);
    const size = await kilobytes(db, 'delivery');

    fact('Rows', await db.value<number>('SELECT count(*) FROM delivery'));
    fact('Pages of the table', size / 8);
    fact('Size of the table', Math.round(size / 1024), 'MB');

    const rows: Scalar[][] = [];
    const plans: { kind: string; text: string }[] = [];
    const abilities: Scalar[][] = [];
    const pages = new Map<string, number>();
    // #region measure
    for (const [kind, index, condition] of leaves) {
      const query = `SELECT id FROM delivery WHERE ${condition}`;
      const before = await look(db, query);
      await db.query(`CREATE INDEX probe ON delivery ${index}`);
      const after = await look(db, query);
      const kB = await kilobytes(db, 'probe');
      plans.push({ kind, text: await planText(db, query) });
      if (kind !== 'none') abilities.push([`${kind} (${columnOf(index)})`, ...(await abilitiesOf(db))]);
      await db.query('DROP INDEX probe');
      rows.push([kind, before.scan, before.pages, after.scan, after.pages, after.rows, kB]);
      // #endregion measure
      pages.set(kind, after.pages);
    }
    fact('Before and after', {
      columns: ['kind', 'plan before', 'pages', 'plan after', 'pages', 'rows', 'index, kB'],
      rows,
    });

    // The same column under two kinds of index, to compare sizes.
    const sizeOf = async (definition: string): Promise<number> => {
      await db.query(`CREATE INDEX probe ON delivery ${definition}`);
      if (definition === 'USING gist (place)') abilities.push(['GiST (place)', ...(await abilitiesOf(db))]);
      const kB = await kilobytes(db, 'probe');
      await db.query('DROP INDEX probe');
      return kB;
    };
    const brin = await sizeOf('USING brin (created_at)');
    const btreeOnTime = await sizeOf('(created_at)');
    await db.query('CREATE EXTENSION pageinspect; CREATE INDEX probe ON delivery (created_at)');
    fact(
      'Entries on an inner page',
      await db.value<number>(
        `SELECT max(live_items) FROM bt_multi_page_stats('probe', 1, -1) WHERE btpo_level = 1`,
      ),
    );
    await db.query('DROP INDEX probe');
    const hash = await sizeOf('USING hash (token)');
    const btreeOnToken = await sizeOf('(token)');
    const spgist = await sizeOf('USING spgist (place)');
    const gist = await sizeOf('USING gist (place)');
    fact('Same column, two kinds', {
      columns: ['column', 'kind', 'kB', 'B-tree or GiST instead', 'kB'],
      rows: [
        ['created_at', 'BRIN', brin, 'B-tree', btreeOnTime],
        ['token', 'hash', hash, 'B-tree', btreeOnToken],
        ['place', 'SP-GiST', spgist, 'GiST', gist],
      ],
    });
    fact('What the catalogue says of these indexes', {
      columns: ['kind', ...Object.keys(properties)],
      rows: abilities,
    });

    // BRIN where the rows do not lie in the order of the column.
    await db.query('CREATE INDEX probe ON delivery USING brin (customer)');
    await db.query('SET enable_seqscan = off'); // the planner knows better
    const scattered = await look(db, 'SELECT id FROM delivery WHERE customer = 4242');
    await db.query('SET enable_seqscan = on');
    await db.query('DROP INDEX probe');
    fact('Pages with BRIN on a scattered column', scattered.pages);

    fact('Pages with B-tree', pages.get('B-tree') ?? 0);
    fact('Size of BRIN on created_at', brin, 'kB');
    fact('Size of a B-tree on created_at', btreeOnTime, 'kB');
    fact('Size of hash on token', hash, 'kB');
    fact('Size of a B-tree on token', btreeOnToken, 'kB');
    for (const { kind, text } of plans)
      fact(`Plan with ${kind === 'none' ? 'an index nobody uses' : kind}`, text);

    holds('BRIN on a scattered column reads the whole table', scattered.pages >= size / 8);
    holds(
      'every index but the last one reads less than a tenth of the table',
      [...pages].every(([kind, count]) => kind === 'none' || count < size / 8 / 10),
    );
  },
});
