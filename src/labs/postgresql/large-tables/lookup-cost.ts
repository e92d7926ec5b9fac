import { lab } from '#labs/index.ts';

const million = 1_000_000;

export default lab({
  title: 'What a lookup costs as the table grows',
  claim:
    'A lookup by key reads three pages at a thousand rows and four at a million; 36 partitions save one of them, and without their key they cost 18 times as many.',
  engines: ['postgres'],
  async run({ postgres, fact, holds }) {
    const db = await postgres();
    const columns = '(id bigint NOT NULL, created_at timestamptz NOT NULL, customer_id int NOT NULL)';
    await db.query(`CREATE EXTENSION pageinspect; CREATE TABLE orders ${columns}`);

    /** Pages read once the index's meta page is cached in the session: the first execution reads it too. */
    const pagesRead = async (sql: string): Promise<number> => {
      await db.explain(sql);
      return (await db.explain(sql)).buffers;
    };

    // #region height
    const rows: number[][] = [];
    let size = 0;
    for (const next of [1_000, 100_000, million]) {
      await db.query('DROP INDEX IF EXISTS orders_id');
      await db.query(`
        INSERT INTO orders SELECT g, '2024-01-01'::timestamptz + g * interval '94 s', g % 5000
        FROM generate_series(${size + 1}, ${next}) g`);
      await db.query('CREATE UNIQUE INDEX orders_id ON orders (id)');
      size = next;
      rows.push([
        size,
        await db.value<number>(`SELECT level + 1 FROM bt_metap('orders_id')`),
        await pagesRead(`SELECT * FROM orders WHERE id = ${size / 2}`),
      ]);
    }
    fact('A lookup by key', { columns: ['rows', 'index levels', 'pages read'], rows });
    // #endregion height

    // #region fanout
    const entries = (level: number): Promise<number> =>
      db.value<number>(
        `SELECT max(live_items) FROM bt_multi_page_stats('orders_id', 1, -1) WHERE btpo_level = $1`,
        [level],
      );
    const [leaf, inner] = [await entries(0), await entries(1)];
    fact('Entries on a leaf page', leaf);
    fact('Entries on an inner page', inner);
    fact('Rows that a B-tree holds, computed from these', {
      columns: ['levels', 'rows'],
      rows: [2, 3, 4].map((levels) => [levels, leaf * inner ** (levels - 1)]),
    });
    // #endregion fanout

    // #region partitioned
    await db.query(`
      CREATE TABLE parted ${columns} PARTITION BY RANGE (created_at);
      DO $$
      DECLARE month timestamptz := '2024-01-01';
      BEGIN
        FOR m IN 1..36 LOOP
          EXECUTE format('CREATE TABLE parted_%s PARTITION OF parted FOR VALUES FROM (%L) TO (%L)',
                         m, month, month + interval '1 month');
          month := month + interval '1 month';
        END LOOP;
      END $$;
      INSERT INTO parted SELECT * FROM orders;
      CREATE INDEX ON parted (id);
    `);
    const id = million / 2;
    const at = await db.value<string>(`SELECT created_at::text FROM orders WHERE id = ${id}`);
    const whole = await pagesRead(`SELECT * FROM orders WHERE id = ${id}`);
    const pruned = await pagesRead(`SELECT * FROM parted WHERE id = ${id} AND created_at = '${at}'`);
    const everywhere = await pagesRead(`SELECT * FROM parted WHERE id = ${id}`);
    // #endregion partitioned
    fact('Pages read in one table', whole);
    fact('Pages read in 36 partitions, id and partition key', pruned);
    fact('Pages read in 36 partitions, id alone', everywhere);
    holds('without the partition key a lookup reads ten times the pages', everywhere > 10 * whole);
  },
});
