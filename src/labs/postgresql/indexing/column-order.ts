import { lab } from '#labs/index.ts';
import { kilobytes, loadDeliveries, look, planText } from './deliveries/deliveries.ts';

export default lab({
  title: 'The order of columns decides what a B-tree can do',
  claim:
    'The column compared with = goes first and the column that sorts goes second; the other order reads more pages, and skip scan helps only when the first column has few values.',
  engines: ['postgres'],
  timeout: 120,
  async run({ postgres, fact, holds }) {
    const db = await postgres();
    await loadDeliveries(db);

    // #region order
    const newest = `SELECT id FROM delivery
                    WHERE customer = 4242 ORDER BY created_at DESC LIMIT 10`;
    await db.query('CREATE INDEX customer_first ON delivery (customer, created_at)');
    const right = await look(db, newest);
    await db.query('DROP INDEX customer_first');
    await db.query('CREATE INDEX time_first ON delivery (created_at, customer)');
    const wrong = await look(db, newest);
    const wrongPlan = await planText(db, newest);
    await db.query('DROP INDEX time_first');
    // #endregion order
    fact('Ten newest of one customer', {
      columns: ['index', 'plan', 'pages', 'rows thrown away'],
      rows: [
        ['(customer, created_at)', right.scan, right.pages, right.filteredOut],
        ['(created_at, customer)', wrong.scan, wrong.pages, wrong.filteredOut],
      ],
    });
    fact('Pages with the right order', right.pages);
    fact('Pages with the wrong order', wrong.pages);
    fact('The wrong order names both columns in Index Cond', wrongPlan);

    // #region skip
    const sixHours = `SELECT id FROM delivery
                      WHERE created_at >= '2026-03-01Z' AND created_at < '2026-03-01 06:00Z'`;
    const none = await look(db, sixHours);
    await db.query('CREATE INDEX few_values_first ON delivery (status, created_at)');
    const few = await look(db, sixHours);
    const fewPlan = await planText(db, sixHours);
    await db.query('DROP INDEX few_values_first');
    await db.query('CREATE INDEX many_values_first ON delivery (customer, created_at)');
    const many = await look(db, sixHours);
    // #endregion skip
    const index = (await kilobytes(db, 'many_values_first')) / 8;
    await db.query('DROP INDEX many_values_first');
    await db.query('CREATE INDEX own_index ON delivery (created_at)');
    const own = await look(db, sixHours);
    const pages = (await kilobytes(db, 'delivery')) / 8;
    fact('Six hours, without naming the first column', {
      columns: ['index', 'values of the first column', 'plan', 'index searches', 'pages'],
      rows: [
        ['none', '–', none.scan, 0, none.pages],
        ['(status, created_at)', '4', few.scan, few.searches, few.pages],
        ['(customer, created_at)', '5,001', many.scan, many.searches, many.pages],
        ['(created_at)', '–', own.scan, own.searches, own.pages],
      ],
    });
    fact('Skip scan in the plan', fewPlan);
    fact('Index searches of the skip scan', few.searches);
    fact('Pages of the skip scan', few.pages);
    fact('Pages when the first column has 5,001 values', many.pages);
    fact('Pages of that whole index', index);
    fact('Pages with an index on the time alone', own.pages);

    // #region both
    const fortnight = `SELECT id FROM delivery WHERE driver = 42 AND created_at >= '2026-03-01Z' AND created_at < '2026-03-15Z'`;
    await db.query('CREATE INDEX driver_alone ON delivery (driver)'); // beside own_index on (created_at)
    const two = await look(db, fortnight);
    await db.query('CREATE INDEX driver_and_time ON delivery (driver, created_at)');
    const one = await look(db, fortnight);
    // #endregion both
    fact('One driver in two weeks', {
      columns: ['indexes', 'plan', 'pages', 'rows'],
      rows: [
        ['(driver) and (created_at)', two.nodes.slice(1).join(', '), two.pages, two.rows],
        ['(driver, created_at)', one.nodes.slice(1).join(', '), one.pages, one.rows],
      ],
    });
    await db.query('DROP INDEX own_index, driver_alone, driver_and_time');

    // #region range
    /** The driver's ten newest among customers below a number: one equality, one range, one order. */
    const ten = (below: number): string =>
      `SELECT id FROM delivery WHERE driver = 42 AND customer < ${below} ORDER BY created_at DESC LIMIT 10`;
    const shapes = [
      '(driver, created_at)',
      '(driver, created_at, customer)',
      '(driver, customer, created_at)',
    ];
    const ranged: [string, number, number][] = [];
    for (const shape of shapes) {
      await db.query(`CREATE INDEX probe ON delivery ${shape}`);
      ranged.push([shape, (await look(db, ten(4000))).pages, (await look(db, ten(1300))).pages]);
      await db.query('DROP INDEX probe');
    }
    // #endregion range
    fact('Equality, a range and an order', {
      columns: ['index', 'pages, range keeps 60%', 'pages, range keeps 4%'],
      rows: ranged,
    });
    const pagesOf = (shape: string, at: 1 | 2): number => ranged.find(([name]) => name === shape)?.[at] ?? 0;
    fact('Pages of sort first, wide range', pagesOf('(driver, created_at, customer)', 1));
    fact('Pages of range first, wide range', pagesOf('(driver, customer, created_at)', 1));
    fact('Pages of sort first, narrow range', pagesOf('(driver, created_at, customer)', 2));
    fact('Pages of range first, narrow range', pagesOf('(driver, customer, created_at)', 2));
    fact('Pages without the range column, narrow range', pagesOf('(driver, created_at)', 2));

    fact('Pages with two indexes combined', two.pages);
    fact('Pages with one index on both', one.pages);

    holds('the right order reads less than a fifth of the wrong one', right.pages * 5 < wrong.pages);
    holds('a skip over four values reads less than a hundredth of the table', few.pages * 100 < pages);
    holds('with 5,001 values the scan reads the whole index instead of skipping', many.pages >= index);
  },
});
