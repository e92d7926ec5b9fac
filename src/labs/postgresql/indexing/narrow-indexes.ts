import { lab } from '#labs/index.ts';
import { kilobytes, loadDeliveries, look, lookOnce } from './deliveries/deliveries.ts';

export default lab({
  title: 'Partial, expression and covering indexes',
  claim:
    'A partial index is a fraction of the full one but needs its predicate in the plan, an expression index needs its expression, and a covering index needs VACUUM.',
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
    // #endregion expression
    fact('WHERE lower(email) = …', {
      columns: ['index', 'plan', 'pages', 'rows expected', 'rows'],
      rows: [
        ['(email)', plain.scan, plain.pages, plain.expected, plain.rows],
        ['(lower(email)), not analysed', guessed.scan, guessed.pages, guessed.expected, guessed.rows],
        ['(lower(email)), after ANALYZE', known.scan, known.pages, known.expected, known.rows],
      ],
    });
    fact('Rows expected before ANALYZE', guessed.expected);

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
    holds('after VACUUM the index answers alone again', vacuumed.heapFetches === 0);
  },
});
