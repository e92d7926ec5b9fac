import { lab, type Database, type Point, type Table } from '#labs/index.ts';
import { kilobytes, loadDeliveries, look, lookOnce, wouldUse } from './deliveries/deliveries.ts';

const where = (condition: string, table = 'delivery'): string => `SELECT id FROM ${table} WHERE ${condition}`;

interface Verdict {
  /** For each condition, what the planner reads: the index, or the whole table. */
  readonly reads: readonly ('index' | 'table')[];
  readonly kB: number;
}

/** Builds an index, asks the planner about each condition, and drops it. */
async function judge(
  db: Database,
  index: string,
  conditions: readonly string[],
  table = 'delivery',
): Promise<Verdict> {
  await db.query(`CREATE INDEX probe ON ${table} ${index}`);
  const reads: ('index' | 'table')[] = [];
  for (const condition of conditions) reads.push(await wouldUse(db, 'probe', where(condition, table)));
  const kB = await kilobytes(db, 'probe');
  await db.query('DROP INDEX probe');
  return { reads, kB };
}

/** A table of conditions by indexes, with the sizes below. */
const matrix = (conditions: readonly string[], indexes: Readonly<Record<string, Verdict>>): Table => ({
  columns: ['WHERE …', ...Object.keys(indexes)],
  rows: [
    ...conditions.map((condition, at) => [
      condition,
      ...Object.values(indexes).map(({ reads }) => reads[at] ?? null),
    ]),
    ['size of the index, kB', ...Object.values(indexes).map(({ kB }) => kB)],
  ],
});

export default lab({
  title: 'GIN: one entry for every key inside a value',
  claim:
    'GIN answers “which rows contain this key” for jsonb, arrays, words and trigrams, but only through the operators of its class, and new rows wait in a list that every search reads.',
  engines: ['postgres'],
  timeout: 120,
  async run({ postgres, fact, holds, measure, series }) {
    const db = await postgres();
    await db.query('CREATE EXTENSION pg_trgm; CREATE EXTENSION pgstattuple');
    await loadDeliveries(db);

    // #region jsonb
    const onJson = [
      `attributes @> '{"carrier": "c42"}'`,
      `attributes @@ '$.carrier == "c42"'`,
      `attributes ? 'express'`,
      `attributes ->> 'carrier' = 'c42'`,
    ];
    const general = await judge(db, 'USING gin (attributes)', onJson);
    const paths = await judge(db, 'USING gin (attributes jsonb_path_ops)', onJson);
    const oneKey = await judge(db, `((attributes ->> 'carrier'))`, onJson);
    // #endregion jsonb
    fact(
      'jsonb: which index serves which condition',
      matrix(onJson, { 'GIN jsonb_ops': general, 'GIN jsonb_path_ops': paths, 'B-tree on ->>': oneKey }),
    );
    fact('Size of jsonb_ops', general.kB, 'kB');
    fact('Size of jsonb_path_ops', paths.kB, 'kB');
    fact('Size of the B-tree on one key', oneKey.kB, 'kB');

    const both = where(`attributes @> '{"carrier": "c42", "weight": 8}'`);
    await db.query('CREATE INDEX keys_and_values ON delivery USING gin (attributes)');
    const byKeysAndValues = await look(db, both);
    await db.query('DROP INDEX keys_and_values');
    await db.query('CREATE INDEX paths ON delivery USING gin (attributes jsonb_path_ops)');
    const byPaths = await look(db, both);
    await db.query(`CREATE INDEX carrier ON delivery ((attributes ->> 'carrier'))`);
    await db.query('ANALYZE delivery');
    const contained = await look(db, where(`attributes @> '{"carrier": "c42"}'`));
    const equal = await look(db, where(`attributes ->> 'carrier' = 'c42'`));
    await db.query('DROP INDEX carrier');
    fact('Deliveries of the carrier', contained.rows);
    measure('Rows expected of the containment', contained.expected, 'rows');
    measure('Rows expected of the equality', equal.expected, 'rows');
    holds(
      'with an index on ->> the planner expects the right number of rows within a factor of two',
      equal.expected > equal.rows / 2 && equal.expected < equal.rows * 2,
    );
    fact('Pages with jsonb_ops', byKeysAndValues.pages);
    fact('Pages with jsonb_path_ops', byPaths.pages);

    // #region text
    const onLabels = [`labels @> '{l42, l578}'`, `labels && '{l42, l578}'`, `'l578' = ANY (labels)`];
    const arrays = await judge(db, 'USING gin (labels)', onLabels);

    await db.query('CREATE TABLE message AS SELECT id, note FROM delivery WHERE id <= 40000');
    await db.query('VACUUM ANALYZE message');
    const onText = [
      `to_tsvector('english', note) @@ to_tsquery('english', 'dogs & garden')`,
      `to_tsvector('simple', note) @@ to_tsquery('simple', 'dog')`,
      `note LIKE '%the dog%'`,
      `note ILIKE '%THE DOG%'`,
    ];
    const words = await judge(db, `USING gin (to_tsvector('english', note))`, onText, 'message');
    const trigrams = await judge(db, 'USING gin (note gin_trgm_ops)', onText, 'message');
    // #endregion text
    fact('Arrays', matrix(onLabels, { 'GIN (labels)': arrays }));
    fact(
      'Words and substrings',
      matrix(onText, { 'GIN on English words': words, 'GIN on trigrams': trigrams }),
    );
    fact('Size of the word index', words.kB, 'kB');
    fact('Size of the trigram index', trigrams.kB, 'kB');

    // #region pending
    const pending = (): Promise<number> =>
      db.value<number>(`SELECT pending_pages FROM pgstatginindex('paths')`);
    const settled = await look(db, both);
    await db.query(`
      INSERT INTO delivery SELECT 1000000 + id, customer, status, created_at, email, token, note, labels,
                                  '{"carrier": "new"}', driver, slot, place FROM delivery WHERE id <= 5000`);
    const waiting = await pending();
    const behind = await look(db, both);
    await db.query(`SELECT gin_clean_pending_list('paths')`);
    const merged = await look(db, both);
    // #endregion pending
    fact('The same search around 5,000 inserts', {
      columns: ['when', 'pending pages', 'pages read'],
      rows: [
        ['before', 0, settled.pages],
        ['after the inserts', waiting, behind.pages],
        ['after gin_clean_pending_list', await pending(), merged.pages],
      ],
    });
    holds(
      'jsonb_path_ops reads fewer pages for two keys than jsonb_ops',
      byPaths.pages < byKeysAndValues.pages,
    );
    holds('every page of the pending list is read by every search', behind.pages >= settled.pages + waiting);

    // #region either
    /** The same search and the same 500 inserts under a trigram index of either kind, on the first 20,000 notes. */
    const either = async (kind: 'gin' | 'gist'): Promise<{ pages: number; similar: string; log: number }> => {
      await db.query(`
        DROP TABLE IF EXISTS short;
        CREATE TABLE short AS SELECT id, note FROM delivery WHERE id <= 20000;
        CREATE INDEX trigrams ON short USING ${kind} (note ${kind}_trgm_ops)`);
      await db.query('VACUUM ANALYZE short');
      await db.query('SET enable_seqscan = off');
      const { pages } = await look(db, `SELECT id FROM short WHERE note LIKE '%the dog%'`);
      await db.query('RESET enable_seqscan');
      const nearest = `SELECT id FROM short ORDER BY note <-> 'beware of the dog' LIMIT 5`;
      const similar = await wouldUse(db, 'trigrams', nearest);
      const insert = 'INSERT INTO short SELECT id, note FROM delivery WHERE id BETWEEN 20001 AND 20500';
      const [written] = await db.value<readonly { Plan: { 'WAL Bytes': number } }[]>(
        `EXPLAIN (ANALYZE, WAL, FORMAT JSON) ${insert}`,
      );
      return { pages, similar, log: (written?.Plan['WAL Bytes'] ?? 0) / 500 };
    };
    const asGin = await either('gin');
    const asGist = await either('gist');
    // #endregion either
    fact('The five most similar notes are read from', {
      columns: ['trigrams in', 'reads'],
      rows: [
        ['GIN', asGin.similar],
        ['GiST', asGist.similar],
      ],
    });
    measure('Pages of LIKE with GIN, 20,000 notes', asGin.pages, 'pages');
    measure('Pages of LIKE with GiST, 20,000 notes', asGist.pages, 'pages');
    measure('Log per insert with GIN', asGin.log, 'bytes');
    measure('Log per insert with GiST', asGist.log, 'bytes');
    holds('for LIKE, GIN reads less than half of the pages of GiST', asGin.pages * 2 < asGist.pages);
    holds('an insert writes less log under GiST', asGist.log < asGin.log);

    fact('Default gin_pending_list_limit', await db.value<string>('SHOW gin_pending_list_limit'));

    // #region flush
    const notes = await db.query<{ note: string }>('SELECT note FROM delivery WHERE id <= 1500 ORDER BY id');
    /** Pages that each of 1,500 single-row inserts touches under a trigram index, fewest first. */
    const pagesPerInsert = async (fastupdate: boolean): Promise<number[]> => {
      await db.query(`
        DROP TABLE IF EXISTS inbox;
        CREATE TABLE inbox (note text);
        CREATE INDEX ON inbox USING gin (note gin_trgm_ops) WITH (fastupdate = ${fastupdate}, gin_pending_list_limit = 256)`);
      const pages: number[] = [];
      for (const { note } of notes) {
        pages.push((await lookOnce(db, `INSERT INTO inbox VALUES ('${note}')`)).pages);
      }
      return pages.sort((a, b) => a - b);
    };
    const listed = await pagesPerInsert(true);
    const direct = await pagesPerInsert(false);
    // #endregion flush
    const at = (pages: readonly number[], share: number): number =>
      pages[Math.ceil(pages.length * share) - 1] ?? 0;
    const shares: readonly [string, number][] = [['median', 0.5], ['99%', 0.99], ['worst', 1]]; // prettier-ignore
    const points = (pages: readonly number[]): Point[] =>
      shares.map(([name, share]) => [name, at(pages, share)]);
    series('Pages that one insert touches under a trigram index', {
      x: 'of 1,500 inserts',
      y: 'pages',
      kind: 'bar',
      points: {
        'through the pending list (fastupdate on)': points(listed),
        'straight into the index (off)': points(direct),
      },
    });
    measure('Median insert through the pending list', at(listed, 0.5), 'pages');
    measure('Worst insert through the pending list', at(listed, 1), 'pages');
    measure('Median insert straight into the index', at(direct, 0.5), 'pages');
    measure('Worst insert straight into the index', at(direct, 1), 'pages');
    holds(
      'an insert through the list is cheaper than one straight into the index',
      at(listed, 0.5) * 5 < at(direct, 0.5),
    );
    holds(
      'the insert that empties the list costs more than a hundred others',
      at(listed, 1) > 100 * at(listed, 0.5),
    );
  },
});
