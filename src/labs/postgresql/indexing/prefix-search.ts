import { lab, type Database } from '#labs/index.ts';
import { loadDeliveries, look, wouldUse } from './deliveries/deliveries.ts';

// #region questions
const questions = {
  'LIKE ‘User4242%’': `SELECT id FROM delivery WHERE email LIKE 'User4242%'`,
  'LIKE ‘%4242%’': `SELECT id FROM delivery WHERE email LIKE '%4242%'`,
  'ILIKE ‘user4242%’': `SELECT id FROM delivery WHERE email ILIKE 'user4242%'`,
  '= ‘User4242@…’': `SELECT id FROM delivery WHERE email = 'User4242@Example.com'`,
  '> ‘User9999’': `SELECT id FROM delivery WHERE email > 'User9999'`,
  'ORDER BY … LIMIT 10': `SELECT id FROM delivery ORDER BY email LIMIT 10`,
} as const;
// #endregion questions

/** For each question, whether an index answers it or the table is scanned. */
async function answers(db: Database, index: string): Promise<string[]> {
  await db.query(`CREATE INDEX probe ON delivery ${index}`);
  const verdicts: string[] = [];
  for (const question of Object.values(questions)) {
    verdicts.push(await wouldUse(db, 'probe', question));
  }
  await db.query('DROP INDEX probe');
  return verdicts;
}

export default lab({
  title: 'Collations decide whether LIKE ‘abc%’ can use a B-tree',
  claim:
    'Under a natural-language collation a plain B-tree never serves a prefix; text_pattern_ops does, and then it no longer sorts.',
  engines: ['postgres'],
  timeout: 120,
  async run({ postgres, fact, holds }) {
    // #region collations
    const english = await postgres({ locale: 'en-US' }); // ICU, sorts as people expect
    const bytes = await postgres(); // C.UTF-8, sorts by code point
    // #endregion collations
    await english.query('CREATE EXTENSION pg_trgm');
    await loadDeliveries(english);
    // Of the other database only the addresses are needed.
    await bytes.query(
      `CREATE TABLE delivery AS SELECT g AS id, 'User' || g || '@Example.com' AS email FROM generate_series(1, 200000) AS g`,
    );
    await bytes.query('VACUUM ANALYZE delivery');

    const columns = [
      await answers(english, '(email)'),
      await answers(english, '(email text_pattern_ops)'),
      await answers(english, '(email COLLATE "C")'),
      await answers(bytes, '(email)'),
      await answers(english, 'USING gin (email gin_trgm_ops)'),
    ];
    fact('What reads the rows', {
      columns: [
        'WHERE email …',
        'en-US: B-tree',
        'en-US: text_pattern_ops',
        'en-US: COLLATE "C"',
        'C.UTF-8: B-tree',
        'en-US: GIN trigrams',
      ],
      rows: Object.keys(questions).map((question, row) => [
        question,
        ...columns.map((column) => column[row] ?? ''),
      ]),
    });

    const like = questions['LIKE ‘User4242%’'];
    await english.query('CREATE INDEX plain ON delivery (email)');
    const before = await look(english, like);
    await english.query('CREATE INDEX pattern ON delivery (email text_pattern_ops)');
    const after = await look(english, like);
    fact('Pages of LIKE with a plain B-tree', before.pages);
    fact('Pages of LIKE with text_pattern_ops', after.pages);
    fact('‘a’ sorts before ‘B’ in en-US', await english.value<boolean>(`SELECT 'a' < 'B'`));
    fact('‘a’ sorts before ‘B’ in C.UTF-8', await bytes.value<boolean>(`SELECT 'a' < 'B'`));
    holds('text_pattern_ops reads less than a hundredth of the pages', after.pages * 100 < before.pages);
  },
});
