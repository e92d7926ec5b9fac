import { lab } from '#labs/index.ts';

export default lab({
  title: 'When partitions are pruned, and when they are not',
  claim:
    'A literal prunes while planning, now() or the parameter of a generic plan when execution starts, a joined key while it runs and only in a nested loop; a predicate that wraps the key or leaves it out reads every partition.',
  engines: ['postgres'],
  async run({ postgres, fact }) {
    const db = await postgres();

    // #region tables
    const quarters = ['2026-01-01', '2026-04-01', '2026-07-01', '2026-10-01', '2027-01-01'];
    await db.query(`
      CREATE TABLE orders (id bigint, created_at timestamptz, tenant int, PRIMARY KEY (id, created_at))
        PARTITION BY RANGE (created_at);
      CREATE TABLE by_region (region text, n int) PARTITION BY LIST (region);
      CREATE TABLE by_tenant (tenant int, n int) PARTITION BY HASH (tenant);
      ${['eu', 'us', 'ap', 'sa']
        .map(
          (region, n) => `
      CREATE TABLE orders_q${n + 1} PARTITION OF orders FOR VALUES FROM ('${quarters[n]}') TO ('${quarters[n + 1]}');
      CREATE TABLE by_region_${region} PARTITION OF by_region FOR VALUES IN ('${region}');
      CREATE TABLE by_tenant_${n} PARTITION OF by_tenant FOR VALUES WITH (MODULUS 4, REMAINDER ${n});`,
        )
        .join('')}
      INSERT INTO orders
        SELECT g, timestamptz '2026-01-01' + g * interval '7 min', g % 100 FROM generate_series(1, 70000) g;
      ANALYZE;
    `);
    // #endregion tables

    const explain = async (sql: string): Promise<string> => {
      const lines = await db.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) ${sql}`,
      );
      return lines.map((line) => line['QUERY PLAN']).join('\n');
    };

    // #region when
    /** When the partitions that a query does not need were left out, and how many of the four it read. */
    const pruned = (plan: string): [when: string, read: number] => {
      const scans = plan.match(/Scan .*on \w+_\w+ .*/g) ?? [];
      const read = scans.filter((scan) => !scan.includes('never executed')).length;
      if (plan.includes('Subplans Removed')) return ['at the start of execution', read];
      if (read < scans.length) return ['during execution', read];
      return [read < 4 ? 'while planning' : 'not at all', read];
    };
    // #endregion when

    const rows: (string | number)[][] = [];
    for (const [table, predicate] of [
      // #region predicates
      ['orders', `created_at >= '2026-05-01' AND created_at < '2026-06-01'`],
      ['orders', `created_at IN ('2026-05-05', '2026-08-08')`],
      ['orders', `created_at >= date '2026-10-01'`],
      ['orders', `created_at >= timestamptz '2026-10-01' - (now() - now())`],
      ['orders', `created_at = (SELECT timestamptz '2026-05-05')`],
      ['orders', `created_at::date = '2026-05-05'`],
      ['orders', `date_trunc('month', created_at) = '2026-05-01'`],
      ['orders', `created_at + interval '1 day' >= '2026-10-02'`],
      ['orders', 'id = 4711'],
      ['by_region', `region IN ('eu', 'us')`],
      ['by_tenant', 'tenant = 7'],
      ['by_tenant', 'tenant BETWEEN 7 AND 8'],
      // #endregion predicates
    ] as const) {
      rows.push([
        `${table}: ${predicate}`,
        ...pruned(await explain(`SELECT * FROM ${table} WHERE ${predicate}`)),
      ]);
    }
    fact('Pruning by predicate', { columns: ['predicate', 'pruned', 'of 4 partitions read'], rows });

    // #region parameter
    await db.query(`
      SET plan_cache_mode = force_generic_plan;
      PREPARE month_of (timestamptz) AS
        SELECT count(*) FROM orders WHERE created_at >= $1 AND created_at < $1 + interval '1 month'`);
    const generic = await explain(`EXECUTE month_of ('2026-05-01')`);
    // #endregion parameter
    fact('A generic plan, pruned at the start of execution', generic.replaceAll(/\n.*Rows Removed.*/g, ''));

    // #region join
    const join = `SELECT * FROM refund r JOIN orders o ON o.id = r.order_id AND o.created_at = r.order_at`;
    await db.query(
      `CREATE TABLE refund AS SELECT id AS order_id, created_at AS order_at FROM orders WHERE id = 40000`,
    );
    const guessed = await explain(join);
    await db.query('ANALYZE refund');
    const known = await explain(join);
    // #endregion join
    const method = (plan: string): string => /^(Hash Join|Nested Loop)/.exec(plan)?.[0] ?? plan;
    fact('The same join, before and after ANALYZE of the small side', {
      columns: ['statistics', 'join', 'pruned', 'of 4 partitions read'],
      rows: [
        ['none', method(guessed), ...pruned(guessed)],
        ['fresh', method(known), ...pruned(known)],
      ],
    });
    fact('The nested loop, pruned during execution', known.replaceAll(/\n.*Index Searches.*/g, ''));
  },
});
