import { lab } from '#labs/index.ts';

/** The smallest UUID of version 7 that can be made at this moment: 48 bits of Unix milliseconds, then zeros (RFC 9562). */
const firstIdAt = (moment: string): string => {
  const hex = Date.parse(moment).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

export default lab({
  title: 'When the id carries the time',
  claim:
    'Range partitions on a UUID of version 7 have the id alone as primary key and find a row by it in one partition; a range of dates is then asked for as a range of ids.',
  engines: ['postgres'],
  async run({ postgres, fact }) {
    const db = await postgres();

    // #region tables
    const months = ['2026-08-01', '2026-09-01', '2026-10-01', '2026-11-01', '2026-12-01'];
    await db.query(`
      CREATE TABLE orders (id uuid PRIMARY KEY, amount int NOT NULL) PARTITION BY RANGE (id);
      ${months
        .slice(0, -1)
        .map(
          (month, n) => `
      CREATE TABLE orders_${month.slice(5, 7)} PARTITION OF orders
        FOR VALUES FROM ('${firstIdAt(month)}') TO ('${firstIdAt(months[n + 1] ?? '')}');`,
        )
        .join('')}
      INSERT INTO orders
        SELECT uuidv7(timestamptz '2026-08-01' + g * interval '1 hour' - clock_timestamp()), g
        FROM generate_series(1, 2900) g;
      ANALYZE orders;
    `);
    // #endregion tables

    /** Partitions that a query reads. */
    const read = async (where: string): Promise<number> =>
      (await db.explain(`SELECT * FROM orders WHERE ${where}`)).nodes.filter((node) => node.includes('Scan'))
        .length;

    // #region questions
    const id = await db.value<string>('SELECT id FROM orders WHERE amount = 1000');
    const byId = await read(`id = '${id}'`);
    const byIds = await read(`id >= '${firstIdAt('2026-10-05')}' AND id < '${firstIdAt('2026-10-06')}'`);
    const byTime = await read(
      `uuid_extract_timestamp(id) >= '2026-10-05' AND uuid_extract_timestamp(id) < '2026-10-06'`,
    );
    const twice = await db.outcome(`INSERT INTO orders VALUES ('${id}', 0)`);
    // #endregion questions
    fact('Partitions read for one id', byId);
    fact('Partitions read for a day, as a range of ids', byIds);
    fact('Partitions read for a day, by a function of the id', byTime);
    fact('The same id a second time', twice.tag);
    fact(
      'Orders of that day',
      await db.value<number>(
        `SELECT count(*) FROM orders WHERE id >= '${firstIdAt('2026-10-05')}' AND id < '${firstIdAt('2026-10-06')}'`,
      ),
    );
  },
});
