import { isDeepStrictEqual } from 'node:util';
import { lab, type Database, type Scalar } from '#labs/index.ts';
import { changes, endpoints, openShop, type Endpoint, type Query } from './growth/endpoints.ts';

/** What one call of an endpoint took. */
interface Cost {
  readonly answer: readonly unknown[];
  readonly statements: number;
  readonly pages: number;
  readonly nodes: readonly string[];
}

// #region cost
async function cost(db: Database, endpoint: Endpoint, orders: number): Promise<Cost> {
  let [statements, pages] = [0, 0];
  const nodes: string[] = [];
  const query: Query = async (sql, params) => {
    const plan = await db.explain(sql, params);
    statements += 1;
    pages += plan.buffers;
    nodes.push(...plan.nodes);
    return db.query<Record<string, unknown>>(sql, params);
  };
  return { answer: await endpoint(query, orders), statements, pages, nodes };
}
// #endregion cost

// #region checks
const checks = {
  shape: (_: Cost, large: Cost) => !large.nodes.some((node) => node.startsWith('Seq Scan')),
  growth: (small: Cost, large: Cost) => large.pages <= 2 * small.pages, // of ten times the rows
  statements: (_: Cost, large: Cost) => large.statements <= 3,
};
// #endregion checks

export default lab({
  title: 'Five changes that pass every test until the table grows',
  claim:
    'Five changes return the same answers. A rule against sequential scans catches two of them; reading at most twice the pages of a table ten times as large catches four, and a budget of statements the fifth.',
  engines: ['postgres'],
  timeout: 120,
  async run({ postgres, fact }) {
    const [fixture, small, large] = [await postgres(), await postgres(), await postgres()];
    await openShop(fixture, 5);
    await openShop(small, 1_000);
    await openShop(large, 10_000);

    const verdicts = (one: Cost, ten: Cost): string[] =>
      Object.values(checks).map((check) => (check(one, ten) ? 'passes' : 'fails'));
    const rows: Scalar[][] = [];
    for (const [name, endpoint] of Object.entries(endpoints)) {
      const [one, ten] = [await cost(small, endpoint, 10_000), await cost(large, endpoint, 100_000)];
      rows.push([`${name}, as it is`, ...verdicts(one, ten), one.pages, ten.pages, ten.statements]);
    }
    const scans = [];
    for (const endpoint of Object.values(endpoints)) {
      const { nodes } = await cost(fixture, endpoint, 50);
      scans.push(nodes.some((node) => node.startsWith('Seq Scan')));
    }
    fact('Sound endpoints', scans.length);
    fact('Sound endpoints that a fixture of 50 orders accuses', scans.filter(Boolean).length);

    let sameAnswers = 0;
    for (const { name, endpoint, ddl, code = endpoints[endpoint] } of changes) {
      const costs = [];
      let same = true;
      for (const [db, orders] of [
        [small, 10_000],
        [large, 100_000],
      ] as const) {
        const before = await endpoints[endpoint](
          (sql, params) => db.query<Record<string, unknown>>(sql, params),
          orders,
        );
        await db.query(`BEGIN; ${ddl ?? ''}`);
        const after = await cost(db, code, orders);
        await db.query('ROLLBACK');
        same &&= isDeepStrictEqual(before, after.answer);
        costs.push(after);
      }
      const [one, ten] = costs;
      if (!one || !ten) throw new Error('A size is missing.');
      if (same) sameAnswers += 1;
      rows.push([name, ...verdicts(one, ten), one.pages, ten.pages, ten.statements]);
    }
    fact('Who notices', {
      columns: ['endpoint or change', ...Object.keys(checks), 'pages', 'at ×10', 'sent'],
      rows,
    });
    const planted = rows.slice(scans.length);
    const caught = (column: number): number => planted.filter((row) => row[column] === 'fails').length;
    fact('Planted', planted.length);
    fact('Caught by comparing answers', planted.length - sameAnswers);
    fact('Caught by plan shape', caught(1));
    fact('Caught by growth', caught(2));
    fact('Caught by counting statements', caught(3));
    const pages = (name: string, column: number): Scalar =>
      rows.find(([row]) => row === name)?.[column] ?? null;
    fact('Pages of the export by key at ten times the rows', pages('export, as it is', 5));
    fact('Pages of the export by OFFSET', pages('OFFSET instead of a key', 4));
    fact('Pages of the export by OFFSET at ten times the rows', pages('OFFSET instead of a key', 5));
    fact('Statements for ten orders with a query for each row', pages('a query for each row', 6));
  },
});
