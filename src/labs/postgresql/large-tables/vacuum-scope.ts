import { lab } from '#labs/index.ts';

export default lab({
  title: 'A lookup and a vacuum, in one table and in twelve partitions',
  claim:
    'Partitions save a lookup one page of four and, without their key, multiply it. What they do save is vacuum: once more than 2 % of a table’s pages hold dead rows it reads every page of every index, and in partitions only the indexes of the month that changed.',
  engines: ['postgres'],
  async run({ postgres, fact, holds }) {
    const db = await postgres();

    // #region tables
    const first = (month: number): string => `(date '2026-01-01' + interval '${month} month')::date`;
    await db.query(`
      CREATE EXTENSION pageinspect;
      CREATE TABLE whole (id bigint, at date, customer int, state int);
      CREATE TABLE monthly (LIKE whole) PARTITION BY RANGE (at);
      ${Array.from(
        { length: 12 },
        (_, m) => `
      CREATE TABLE monthly_${m + 1} PARTITION OF monthly FOR VALUES FROM (${first(m)}) TO (${first(m + 1)});`,
      ).join('')}
      INSERT INTO whole SELECT g, date '2026-01-01' + g / 700, hashint4(g), 0 FROM generate_series(0, 255499) g;
      INSERT INTO monthly SELECT * FROM whole;
      CREATE INDEX whole_id ON whole (id);
      CREATE INDEX ON monthly (id);
      CREATE INDEX ON whole (customer, state);
      CREATE INDEX ON monthly (customer, state);
    `);
    await db.query('VACUUM ANALYZE');
    // #endregion tables

    // #region height
    const entries = (level: number): Promise<number> =>
      db.value<number>(
        `SELECT max(live_items) FROM bt_multi_page_stats('whole_id', 1, -1) WHERE btpo_level = $1`,
        [level],
      );
    const [leaf, inner] = [await entries(0), await entries(1)];
    fact('Entries on a leaf page', leaf);
    fact('Entries on an inner page', inner);
    fact('Rows that a B-tree on a bigint holds, computed from these', {
      columns: ['levels', 'rows'],
      rows: [2, 3, 4].map((levels) => [levels, leaf * inner ** (levels - 1)]),
    });
    // #endregion height

    // #region lookup
    /** Pages read once the index's meta page is cached in the session: the first execution reads it too. */
    const pagesRead = async (sql: string): Promise<number> => {
      await db.explain(sql);
      return (await db.explain(sql)).buffers;
    };
    fact('Pages read in one table', await pagesRead('SELECT * FROM whole WHERE id = 140000'));
    fact(
      'Pages read in 12 partitions, id and partition key',
      await pagesRead(`SELECT * FROM monthly WHERE id = 140000 AND at = '2026-07-20'`),
    );
    fact('Pages read in 12 partitions, id alone', await pagesRead('SELECT * FROM monthly WHERE id = 140000'));
    // #endregion lookup

    const janitor = await db.session('Janitor');
    let report: string[] = [];
    janitor.client.on('notice', ({ message }) => report.push(message ?? ''));
    // #region vacuum
    /** Changes days of December, then gives what VACUUM (VERBOSE) says: % of pages with dead rows, index pages read. */
    const vacuum = async (table: string, since: string): Promise<{ dead: number; index: number }> => {
      await db.query(`UPDATE ${table} SET state = state + 1 WHERE at >= '${since}'`);
      report = [];
      await janitor.query(`VACUUM (VERBOSE, PARALLEL 0) ${table}`);
      const text = report.join('\n');
      const read = [...text.matchAll(/index ".*": pages: (\d+) in total/g)];
      return {
        dead: Number(/index scan (?:bypassed|needed): .*\(([\d.]+)% of total\)/.exec(text)?.[1]),
        index: read.reduce((total, [, pages]) => total + Number(pages), 0),
      };
    };
    const whole = await vacuum('whole', '2026-12-22');
    const monthly = await vacuum('monthly', '2026-12-22');
    const passes = []; // what a pass leaves, the next one counts again
    for (let pass = 1; pass <= 4; pass++) passes.push(await vacuum('whole', '2026-12-29'));
    // #endregion vacuum
    fact('Pages with dead rows, and index pages that vacuum read', {
      columns: ['tables: changed', 'dead %', 'read'],
      rows: [
        ['1: ten days', whole.dead, whole.index],
        ['12: ten days', monthly.dead, monthly.index],
        ...passes.map(({ dead, index }) => ['1: three days', dead, index] as const),
      ],
    });
    fact('Index pages read, one table', whole.index);
    fact('Index pages read, 12 partitions', monthly.index);
    holds('partitions save vacuum three quarters of the index pages', monthly.index * 4 < whole.index);
  },
});
