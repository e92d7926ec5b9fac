import { lab } from '#labs/index.ts';

const size = 20;

export default lab({
  title: 'Page 10,000 by OFFSET and by keyset',
  claim:
    'OFFSET reads every row that it skips and repeats rows when new ones arrive; a keyset reads one page’s worth anywhere, if it is a row comparison, and needs a plain bound beside it to prune partitions.',
  engines: ['postgres'],
  async run({ postgres, fact, holds, series, scene }) {
    const db = await postgres();

    // #region feed
    await db.query(`
      CREATE TABLE post (id bigint PRIMARY KEY, at timestamptz NOT NULL, author int NOT NULL);
      INSERT INTO post SELECT g, timestamptz '2026-01-01' + g / 5 * interval '1 min', g % 1000
        FROM generate_series(1, 210000) g; -- five posts in each minute
      CREATE INDEX post_feed ON post (at, id);
    `);
    await db.query('VACUUM ANALYZE post');
    // #endregion feed

    // #region queries
    const feed = (where: string): string =>
      `SELECT * FROM post ${where} ORDER BY at DESC, id DESC LIMIT ${size}`;
    const forms = {
      OFFSET: (n: number) => `${feed('')} OFFSET ${(n - 1) * size}`,
      keyset: (_: number, at: string, id: number) => feed(`WHERE (at, id) < ('${at}', ${id})`),
      'keyset spelled with OR': (_: number, at: string, id: number) =>
        feed(`WHERE at < '${at}' OR (at = '${at}' AND id < ${id})`),
    };
    // #endregion queries

    // #region measure
    const pages = [2, 10, 100, 1_000, 10_000];
    const cost = Object.fromEntries(Object.keys(forms).map((form) => [form, [] as [number, number][]]));
    for (const n of pages) {
      // Where page n − 1 ended: the reader got it with that page, here it has to be looked up.
      const [end] = await db.query<{ at: string; id: number }>(
        `SELECT at::text, id FROM post ORDER BY at DESC, id DESC LIMIT 1 OFFSET ${(n - 1) * size - 1}`,
      );
      if (!end) throw new Error(`The feed has no page ${n}.`);
      for (const [form, sql] of Object.entries(forms)) {
        cost[form]?.push([n, (await db.explain(sql(n, end.at, end.id))).buffers]);
      }
    }
    // #endregion measure
    series('Database pages read for one page of the feed', {
      x: 'page of the feed',
      y: 'pages read',
      exact: true,
      points: cost,
    });
    const read = (form: keyof typeof forms, n: number): number =>
      cost[form]?.find(([page]) => page === n)?.[1] ?? NaN;
    fact('Database pages read', {
      columns: ['page of the feed', ...Object.keys(forms)],
      rows: pages.map((n) => [n, ...Object.keys(forms).map((form) => read(form as keyof typeof forms, n))]),
    });
    fact('OFFSET at page 10,000', read('OFFSET', 10_000), 'pages');
    fact('Keyset at page 10,000', read('keyset', 10_000), 'pages');
    holds(
      'at page 10,000 keyset reads a hundredth of what OFFSET reads',
      read('keyset', 10_000) * 100 < read('OFFSET', 10_000),
    );
    fact('Plan of the row comparison', await db.plan(forms.keyset(2, '2026-01-28', 200_000)));
    fact(
      'Plan of the same with OR',
      await db.plan(forms['keyset spelled with OR'](2, '2026-01-28', 200_000)),
    );

    scene('A post arrives between two pages');
    const [reader, author] = await db.sessions('Reader', 'Author');
    // #region drift
    const ids = (sql: string): string => `SELECT string_agg(id::text, ' ') AS posts FROM (${sql}) page`;
    const three = 'SELECT * FROM post ORDER BY at DESC, id DESC LIMIT 3';
    await reader.does(ids(three), { note: 'The first page.' });
    await author.does(`INSERT INTO post VALUES (210001, '2026-01-31', 1)`);
    const second = await reader.does(ids(`${three} OFFSET 3`), {
      note: '209998 again: everything moved by one.',
    });
    const keyset = await reader.does(
      ids(
        `SELECT * FROM post WHERE (at, id) < ('2026-01-30 03:59:00', 209998) ORDER BY at DESC, id DESC LIMIT 3`,
      ),
    );
    // #endregion drift
    fact('Second page by OFFSET', String(second.rows[0]?.['posts']));
    fact('Second page by keyset', String(keyset.rows[0]?.['posts']));

    // #region partitions
    await db.query(`
      CREATE TABLE monthly (LIKE post, PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
      ${[1, 2, 3, 4, 5, 6]
        .map(
          (month) => `
      CREATE TABLE monthly_${month} PARTITION OF monthly FOR VALUES FROM ('2026-0${month}-01') TO ('2026-0${month + 1}-01');`,
        )
        .join('')}
      INSERT INTO monthly SELECT * FROM post;
      ANALYZE monthly;
    `);
    const searched = async (where: string): Promise<number> =>
      (await db.explain(`SELECT * FROM monthly WHERE ${where} ORDER BY at DESC, id DESC LIMIT ${size}`))
        .searches;
    const alone = await searched(`(at, id) < ('2026-01-20', 1)`);
    const bounded = await searched(`(at, id) < ('2026-01-20', 1) AND at <= '2026-01-20'`);
    // #endregion partitions
    fact('Partitions searched for a page in January, row comparison alone', alone);
    fact('Partitions searched for a page in January, with a plain bound', bounded);
  },
});
