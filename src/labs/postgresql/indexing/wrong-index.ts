import { lab, type Point } from '#labs/index.ts';
import { kilobytes, loadDeliveries, look, planText, wouldUse } from './deliveries/deliveries.ts';

export default lab({
  title: 'An index that makes a query slower',
  claim:
    'A new index can make the planner walk the whole table in index order, an index that is used can read more pages than a scan, and an index behind a function or cast is not used at all.',
  engines: ['postgres'],
  timeout: 120,
  async run({ postgres, fact, holds, measure, series }) {
    const db = await postgres();
    await db.query('CREATE EXTENSION pg_trgm');
    await loadDeliveries(db);
    const pages = (await kilobytes(db, 'delivery')) / 8;
    fact('Pages of the table', pages);

    // #region trap
    const last = `SELECT id FROM delivery
                  WHERE customer = 77 ORDER BY created_at DESC LIMIT 10`;
    await db.query('CREATE INDEX by_customer ON delivery (customer)');
    const before = await look(db, last);

    // for a report, by another team
    await db.query('CREATE INDEX by_time ON delivery (created_at)');
    const after = await look(db, last);
    const afterPlan = await planText(db, last);

    await db.query('CREATE INDEX by_customer_and_time ON delivery (customer, created_at)');
    const mended = await look(db, last);
    // #endregion trap
    fact('The last ten deliveries of a customer who left in January', {
      columns: ['indexes', 'plan', 'index it uses', 'pages', 'rows thrown away'],
      rows: [
        ['(customer)', before.scan, before.index ?? null, before.pages, before.filteredOut],
        ['and (created_at)', after.scan, after.index ?? null, after.pages, after.filteredOut],
        ['and (customer, created_at)', mended.scan, mended.index ?? null, mended.pages, mended.filteredOut],
      ],
    });
    fact('The plan that the new index brought', afterPlan);
    fact('Pages before the new index', before.pages);
    fact('Pages after the new index', after.pages);
    fact('Pages with both columns in one index', mended.pages);
    measure('Time before the new index', before.ms, 'ms');
    measure('Time after the new index', after.ms, 'ms');
    await db.query('DROP INDEX by_customer, by_time, by_customer_and_time');

    // #region trigram
    await db.query('CREATE INDEX note_trigrams ON delivery USING gin (note gin_trgm_ops)');
    const three = await look(db, `SELECT id FROM delivery WHERE note LIKE '%dog%'`);
    const two = await look(db, `SELECT id FROM delivery WHERE note LIKE '%zy%'`);
    // #endregion trigram
    fact('Search by a trigram index', {
      columns: ['pattern', 'plan', 'pages', 'rows', 'rows thrown away by the recheck'],
      rows: [
        ['LIKE ‘%dog%’', three.scan, three.pages, three.rows, three.recheckedOut],
        ['LIKE ‘%zy%’', two.scan, two.pages, two.rows, two.recheckedOut],
      ],
    });
    fact('Pages for three letters', three.pages);
    fact('Pages for two letters', two.pages);
    await db.query('DROP INDEX note_trigrams');

    // #region shapes
    const shapes: readonly (readonly [index: string, asked: string, instead: string])[] = [
      [
        '(created_at)',
        `created_at::date = '2026-03-01'`,
        `created_at >= '2026-03-01Z' AND created_at < '2026-03-02Z'`,
      ],
      [
        '(created_at)',
        `created_at + interval '1 day' > '2026-10-06Z'`,
        `created_at > timestamptz '2026-10-06Z' - interval '1 day'`,
      ],
      ['(customer)', 'customer = 4242::numeric', 'customer = 4242'],
      ['(customer)', `customer::text = '4242'`, 'customer = 4242'],
      ['(customer)', 'coalesce(customer, 0) = 4242', 'customer = 4242'],
    ];
    const rows: string[][] = [];
    for (const [index, asked, instead] of shapes) {
      await db.query(`CREATE INDEX probe ON delivery ${index}`);
      const reads = (condition: string): Promise<string> =>
        wouldUse(db, 'probe', `SELECT id FROM delivery WHERE ${condition}`);
      rows.push([asked, await reads(asked), instead, await reads(instead)]);
      await db.query('DROP INDEX probe');
    }
    // #endregion shapes
    fact('A function or cast on the column hides it from its index', {
      columns: ['WHERE …', 'reads', 'rewritten', 'reads'],
      rows,
    });

    // #region share
    const shares = [0.1, 1, 5, 10, 20, 50];
    const scattered: Point[] = [];
    const ordered: Point[] = [];
    await db.query(
      'CREATE INDEX by_customer ON delivery (customer); CREATE INDEX by_time ON delivery (created_at)',
    );
    await db.query('SET enable_seqscan = off'); // the planner would give up on the index earlier
    for (const share of shares) {
      const byCustomer = await look(
        db,
        `SELECT * FROM delivery WHERE customer BETWEEN 1000 AND ${999 + 50 * share}`,
      );
      const byTime = await look(
        db,
        `SELECT * FROM delivery WHERE created_at <= timestamptz '2026-01-01Z' + interval '${share * 4000} min'`,
      );
      scattered.push([share, byCustomer.pages]);
      ordered.push([share, byTime.pages]);
    }
    await db.query('SET enable_seqscan = on');
    // #endregion share

    /** The smallest share of the rows, in whole per cent, for which the planner prefers the table. */
    const leaves = async (): Promise<number> => {
      for (let share = 1; share < 100; share++) {
        const wanted = `SELECT * FROM delivery WHERE customer BETWEEN 1000 AND ${999 + 50 * share}`;
        if ((await wouldUse(db, 'by_customer', wanted)) === 'table') return share;
      }
      return 100;
    };
    measure('Share at which the planner leaves the index, random_page_cost 4', await leaves(), '%');
    await db.query('SET random_page_cost = 1.1');
    measure('Share at which the planner leaves the index, random_page_cost 1.1', await leaves(), '%');
    await db.query('RESET random_page_cost');
    series('Pages read through an index', {
      x: 'share of the rows wanted',
      xUnit: '%',
      y: 'pages',
      exact: true,
      points: {
        'column scattered over the table (customer)': scattered,
        'column in the order of the table (created_at)': ordered,
        'reading the whole table': shares.map((share): Point => [share, pages]),
      },
    });
    const at = (points: readonly Point[], share: number): number =>
      points.find(([x]) => x === share)?.[1] ?? 0;
    fact('Pages for 1% of the rows, scattered', at(scattered, 1));
    fact('Pages for 10% of the rows, scattered', at(scattered, 10));
    fact('Pages for 10% of the rows, in order', at(ordered, 10));

    holds(
      'the new index makes the query read at least five times as many pages',
      after.pages > 5 * before.pages,
    );
    holds('two letters read more pages through the index than the table has', two.pages > pages);
    holds(
      'both columns in one index read less than a fiftieth of the pages before',
      mended.pages * 50 < before.pages,
    );
  },
});
