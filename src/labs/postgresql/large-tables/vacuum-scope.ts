import { lab } from '#labs/index.ts';

export default lab({
  title: 'Vacuum reads every index page, or this month’s',
  claim:
    'After updates in the newest month, vacuum skips the table’s unchanged pages but reads every page of every index; in partitions it reads only the indexes of the month that changed.',
  engines: ['postgres'],
  async run({ postgres, fact, holds }) {
    const db = await postgres();

    // #region tables
    const first = (month: number): string => `(date '2026-01-01' + interval '${month} month')::date`;
    await db.query(`
      CREATE TABLE whole (id bigint, at date, customer int, state int, PRIMARY KEY (id, at));
      CREATE TABLE monthly (LIKE whole, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
      ${Array.from(
        { length: 12 },
        (_, m) => `
      CREATE TABLE monthly_${m + 1} PARTITION OF monthly FOR VALUES FROM (${first(m)}) TO (${first(m + 1)});`,
      ).join('')}
      INSERT INTO whole SELECT g, date '2026-01-01' + g / 1000, hashint4(g), 0 FROM generate_series(0, 364999) g;
      INSERT INTO monthly SELECT * FROM whole;
      CREATE INDEX ON whole (customer, state);
      CREATE INDEX ON monthly (customer, state);
    `);
    await db.query('VACUUM ANALYZE');
    // #endregion tables

    const janitor = await db.session('Janitor');
    let report: string[] = [];
    janitor.client.on('notice', ({ message }) => report.push(message ?? ''));
    // #region vacuum
    /** Pages that VACUUM (VERBOSE) says it read, of tables and of indexes, after every second row of December changed. */
    const vacuum = async (table: string): Promise<{ heap: number; index: number }> => {
      await db.query(`UPDATE ${table} SET state = 1 WHERE at >= '2026-12-01' AND id % 2 = 0`);
      report = [];
      await janitor.query(`VACUUM (VERBOSE, PARALLEL 0) ${table}`);
      const sum = (pattern: RegExp): number =>
        [...report.join('\n').matchAll(pattern)].reduce((total, [, pages]) => total + Number(pages), 0);
      return { heap: sum(/(\d+) scanned/g), index: sum(/index ".*": pages: (\d+) in total/g) };
    };
    const [whole, monthly] = [await vacuum('whole'), await vacuum('monthly')];
    // #endregion vacuum
    fact('Pages read by one vacuum', {
      columns: ['', 'of the table', 'of its indexes'],
      rows: [
        ['one table', whole.heap, whole.index],
        ['12 partitions', monthly.heap, monthly.index],
      ],
    });
    fact('Index pages read, one table', whole.index);
    fact('Index pages read, 12 partitions', monthly.index);
    holds('partitions save vacuum three quarters of the index pages', monthly.index * 4 < whole.index);
    holds(
      'of the table itself both read about the same',
      monthly.heap < 1.5 * whole.heap && whole.heap < 1.5 * monthly.heap,
    );
  },
});
