import { lab, type Database } from '#labs/index.ts';
import { kilobytes, loadDeliveries, look, lookOnce, wouldUse } from './deliveries/deliveries.ts';

export default lab({
  title: 'Partial, expression, pattern and covering indexes',
  claim:
    'A partial index is a fraction of the full one but needs its predicate in the plan, an expression index needs its expression, a prefix needs an operator class that fits the collation, and a covering index needs VACUUM.',
  engines: ['postgres'],
  timeout: 120,
  async run({ postgres, fact, holds }) {
    const db = await postgres();
    await loadDeliveries(db);
    const pages = (await kilobytes(db, 'delivery')) / 8;

    // #region partial
    await db.query('CREATE INDEX every_status ON delivery (status, created_at)');
    const fullSize = await kilobytes(db, 'every_status');
    await db.query('DROP INDEX every_status');
    await db.query(`CREATE INDEX failures ON delivery (created_at) WHERE status = 'failed'`);

    const latest = (condition: string): string =>
      `SELECT id FROM delivery WHERE ${condition} ORDER BY created_at DESC LIMIT 20`;
    const matching = await look(db, latest(`status = 'failed'`));
    const wider = await look(db, latest(`status IN ('failed', 'returned')`));
    await db.query(`PREPARE by_status (text) AS ${latest('status = $1')}`);
    await db.query('SET plan_cache_mode = force_generic_plan');
    const generic = await look(db, `EXECUTE by_status ('failed')`);
    await db.query('SET plan_cache_mode = auto'); // the default: PostgreSQL compares both costs
    for (let call = 1; call <= 10; call++) await db.query(`EXECUTE by_status ('failed')`);
    const auto = await look(db, `EXECUTE by_status ('failed')`);
    // #endregion partial
    fact('Twenty latest failures, partial index WHERE status = ‘failed’', {
      columns: ['the query says', 'plan', 'pages'],
      rows: [
        ['status = ‘failed’', matching.scan, matching.pages],
        ['status IN (‘failed’, ‘returned’)', wider.scan, wider.pages],
        ['status = $1, prepared, after ten calls', auto.scan, auto.pages],
        ['status = $1, force_generic_plan', generic.scan, generic.pages],
      ],
    });
    fact('Size of the partial index', await kilobytes(db, 'failures'), 'kB');
    fact('Size of the index on every status', fullSize, 'kB');
    fact('Pages under a generic plan', generic.pages);

    // #region expression
    const byEmail = `SELECT id FROM delivery WHERE lower(email) = 'user4242@example.com'`;
    await db.query('CREATE INDEX email_as_is ON delivery (email)');
    const plain = await look(db, byEmail);
    await db.query('CREATE INDEX email_lower ON delivery (lower(email))');
    const guessed = await look(db, byEmail);
    await db.query('ANALYZE delivery');
    const known = await look(db, byEmail);
    await db.query('SET enable_indexscan = off; SET enable_bitmapscan = off');
    const unscanned = await look(db, byEmail); // the index only lends its statistics
    await db.query('RESET enable_indexscan; RESET enable_bitmapscan');
    // #endregion expression
    fact('WHERE lower(email) = …', {
      columns: ['index', 'plan', 'pages', 'rows expected', 'rows'],
      rows: [
        ['(email)', plain.scan, plain.pages, plain.expected, plain.rows],
        ['(lower(email)), not analysed', guessed.scan, guessed.pages, guessed.expected, guessed.rows],
        ['(lower(email)), after ANALYZE', known.scan, known.pages, known.expected, known.rows],
        ['… not scanned', unscanned.scan, unscanned.pages, unscanned.expected, unscanned.rows],
      ],
    });
    fact('Rows expected before ANALYZE', guessed.expected);

    // #region prefix
    const english = await postgres({ locale: 'en-US' }); // ICU, sorts as people expect
    const bytes = await postgres(); // C.UTF-8 of the builtin provider, sorts by code point; libc's does not help LIKE
    for (const each of [english, bytes]) {
      await each.query(`CREATE TABLE address AS SELECT g AS id, 'User' || g || '@Example.com' AS email
                        FROM generate_series(1, 50000) AS g`);
      await each.query('VACUUM ANALYZE address');
    }
    const questions = {
      'LIKE ‘User4242%’': `SELECT id FROM address WHERE email LIKE 'User4242%'`,
      '= ‘User4242@…’': `SELECT id FROM address WHERE email = 'User4242@Example.com'`,
      '> ‘User9999’': `SELECT id FROM address WHERE email > 'User9999'`,
      'ORDER BY … LIMIT 10': 'SELECT id FROM address ORDER BY email LIMIT 10',
    };
    // #endregion prefix
    const answers = async (in_: Database, index: string): Promise<string[]> => {
      await in_.query(`CREATE INDEX probe ON address ${index}`);
      const verdicts: string[] = [];
      for (const question of Object.values(questions)) verdicts.push(await wouldUse(in_, 'probe', question));
      await in_.query('DROP INDEX probe');
      return verdicts;
    };
    const serves = [
      await answers(english, '(email)'),
      await answers(english, '(email text_pattern_ops)'),
      await answers(bytes, '(email)'),
    ];
    fact('What reads the rows', {
      columns: ['WHERE email …', 'en-US: B-tree', 'en-US: text_pattern_ops', 'C.UTF-8: B-tree'],
      rows: Object.keys(questions).map((question, row) => [
        question,
        ...serves.map((column) => column[row] ?? ''),
      ]),
    });
    const like = questions['LIKE ‘User4242%’'];
    await english.query('CREATE INDEX plain ON address (email)');
    const unserved = await look(english, like);
    await english.query('CREATE INDEX pattern ON address (email text_pattern_ops)');
    const served = await look(english, like);
    fact('Pages of LIKE with a plain B-tree', unserved.pages);
    fact('Pages of LIKE with text_pattern_ops', served.pages);
    fact('Pages of the addresses', (await kilobytes(english, 'address')) / 8);

    // #region covering
    const report =
      'SELECT status, count(*) FROM delivery WHERE customer BETWEEN 4000 AND 4020 GROUP BY status';
    await db.query('CREATE INDEX key_only ON delivery (customer)');
    const keyOnly = await look(db, report);
    await db.query('DROP INDEX key_only');
    await db.query('CREATE INDEX covering ON delivery (customer) INCLUDE (status)');
    const fresh = await look(db, report);
    await db.query(`UPDATE delivery SET note = note || '!' WHERE customer BETWEEN 4000 AND 4020`);
    const stale = await lookOnce(db, report);
    await db.query('VACUUM delivery');
    const vacuumed = await look(db, report);
    // #endregion covering
    fact('Count by status for 21 customers', {
      columns: ['index', 'plan', 'heap fetches', 'pages'],
      rows: [
        ['(customer)', keyOnly.scan, null, keyOnly.pages],
        ['(customer) INCLUDE (status)', fresh.scan, fresh.heapFetches, fresh.pages],
        ['… after an UPDATE of another column', stale.scan, stale.heapFetches, stale.pages],
        ['… after VACUUM', vacuumed.scan, vacuumed.heapFetches, vacuumed.pages],
      ],
    });
    fact(
      'Rows counted',
      await db.value<number>('SELECT count(*) FROM delivery WHERE customer BETWEEN 4000 AND 4020'),
    );
    fact('Heap fetches after the UPDATE', stale.heapFetches);
    fact('Pages covered', fresh.pages);
    fact('Pages after the UPDATE', stale.pages);
    fact('Pages after VACUUM', vacuumed.pages);

    fact(
      'Default autovacuum_vacuum_scale_factor',
      Number(
        await db.value<string>(
          `SELECT boot_val FROM pg_settings WHERE name = 'autovacuum_vacuum_scale_factor'`,
        ),
      ),
    );
    holds(
      'the partial index is less than a hundredth of the full one',
      (await kilobytes(db, 'failures')) * 100 < fullSize,
    );
    holds('a generic plan reads the whole table', generic.pages >= pages);
    holds('text_pattern_ops reads less than a tenth of the pages', served.pages * 10 < unserved.pages);
    holds('after VACUUM the index answers alone again', vacuumed.heapFetches === 0);
  },
});
