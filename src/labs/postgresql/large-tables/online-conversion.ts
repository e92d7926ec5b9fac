import { lab, type Session } from '#labs/index.ts';

const rows = 100_000;

export default lab({
  title: 'A live table becomes a partition',
  claim:
    'A table under constant writes and reads becomes the first partition of a new table of the same name: no row is copied, no statement fails, no row is lost, and the history is split into months afterwards. What else stands on the old table does not come along.',
  engines: ['postgres'],
  async run({ postgres, fact, measure, holds, scene, sleep }) {
    const db = await postgres();
    // #region table
    await db.query(`
      CREATE SEQUENCE order_id;
      CREATE TABLE orders (
        id bigint PRIMARY KEY DEFAULT nextval('order_id'), created_on date NOT NULL, amount int NOT NULL);
      INSERT INTO orders (created_on, amount)
        SELECT date '2026-09-01' + g / 1250, g % 100 FROM generate_series(1, ${rows}) g;
      ANALYZE orders`);
    // #endregion table

    let today = '2026-11-22';
    let running = true;
    let slowest = 0;
    const written: number[] = [];
    const failures: string[] = [];
    // #region application
    /** Writes an order and reads it back, on and on, with named prepared statements as a Node.js service does. */
    const application = async ({ client }: Session): Promise<void> => {
      while (running) {
        const [start, day] = [performance.now(), today];
        try {
          const wrote = await client.query<{ id: number }>({
            name: 'write',
            text: 'INSERT INTO orders (created_on, amount) VALUES ($1, 1) RETURNING id',
            values: [day],
          });
          const id = wrote.rows[0]?.id ?? NaN;
          const read = await client.query({
            name: 'read',
            text: 'SELECT amount FROM orders WHERE id = $1 AND created_on = $2',
            values: [id, day],
          });
          if (read.rowCount !== 1) failures.push(`order ${id} not found`);
          written.push(id);
        } catch (error) {
          failures.push((error as Error).message);
        }
        slowest = Math.max(slowest, performance.now() - start);
        await sleep(1);
      }
    };
    // #endregion application
    /** The longest that the application waited for a write and a read while this went on, in ms. */
    const waited = async (work: () => Promise<void>): Promise<number> => {
      slowest = 0;
      await work();
      await sleep(20);
      return slowest;
    };

    const [migration, report, ...apps] = await db.sessions('Migration', 'Report', 'App 1', 'App 2');
    const traffic = apps.map(application);
    const file = (table: string): Promise<number> =>
      db.value<number>('SELECT pg_relation_filenode($1::regclass)', [table]);
    const fileBefore = await file('orders');
    let noticed = '';
    migration.client.on('notice', ({ message }) => {
      if (message?.includes('is implied by existing constraints')) noticed = message;
    });

    scene('Days before: nothing that blocks');
    // #region prepare
    const preparing = await waited(async () => {
      await migration.does('CREATE UNIQUE INDEX CONCURRENTLY orders_key ON orders (id, created_on)');
      await migration.does(
        `ALTER TABLE orders ADD CONSTRAINT history CHECK (created_on < '2026-12-01') NOT VALID`,
        { note: 'From 1 December on this would refuse every insert: the swap must come before.' },
      );
      await migration.does('ALTER TABLE orders VALIDATE CONSTRAINT history', {
        note: 'Reads all rows under a lock that lets reads and writes pass.',
      });
      await migration.does(`
        CREATE TABLE orders_new (LIKE orders INCLUDING DEFAULTS, PRIMARY KEY (id, created_on))
        PARTITION BY RANGE (created_on)`);
      await migration.does(`
        CREATE TABLE orders_12 PARTITION OF orders_new FOR VALUES FROM ('2026-12-01') TO ('2027-01-01')`);
    });
    // #endregion prepare

    // #region swap
    /** One attempt; gives `COMMIT`, or the SQLSTATE that ended it. */
    const swap = async (): Promise<string> => {
      for (const sql of [
        'BEGIN',
        `SET LOCAL lock_timeout = '150ms'`,
        'LOCK TABLE orders IN ACCESS EXCLUSIVE MODE',
        `ALTER TABLE orders DROP CONSTRAINT orders_pkey,
           ADD CONSTRAINT orders_history_pkey PRIMARY KEY USING INDEX orders_key`,
        'ALTER TABLE orders RENAME TO orders_history',
        'ALTER TABLE orders_new RENAME TO orders',
        `ALTER TABLE orders ATTACH PARTITION orders_history FOR VALUES FROM (MINVALUE) TO ('2026-12-01')`,
      ]) {
        const { code } = await migration.does(sql);
        if (code) {
          await migration.does('ROLLBACK');
          return code;
        }
      }
      return (await migration.does('COMMIT')).tag;
    };
    // #endregion swap

    scene('The swap behind a report: it gives up');
    await report.query('BEGIN; SELECT count(*) FROM orders');
    const refusing = await waited(async () => {
      fact('First attempt, behind a report', await swap());
    });
    await report.query('COMMIT');

    scene('The swap, tried again');
    await migration.query('SET client_min_messages = debug1');
    const swapping = await waited(async () => {
      fact('Second attempt', await swap());
    });
    await migration.query('RESET client_min_messages');
    fact('What ATTACH said instead of reading the rows', noticed);
    fact('The history is still the same file', (await file('orders_history')) === fileBefore);

    today = '2026-12-01';
    await sleep(50);
    scene('In December: the history is split');
    // #region split
    const months = [
      ['09', '10'],
      ['10', '11'],
      ['11', '12'],
    ].map(([month, next]) => ({ table: `orders_${month}`, from: `2026-${month}-01`, to: `2026-${next}-01` }));
    const splitting = await waited(async () => {
      for (const { table, from, to } of months) {
        const inside = `created_on >= '${from}' AND created_on < '${to}'`;
        await migration.does(`CREATE TABLE ${table} (LIKE orders_history INCLUDING ALL, CHECK (${inside}))`);
        await migration.query(`INSERT INTO ${table} SELECT * FROM orders_history WHERE ${inside}`);
      }
      await migration.does('BEGIN');
      await migration.does(`SET LOCAL lock_timeout = '150ms'`);
      await migration.does('ALTER TABLE orders DETACH PARTITION orders_history');
      for (const { table, from, to } of months) {
        await migration.does(
          `ALTER TABLE orders ATTACH PARTITION ${table} FOR VALUES FROM ('${from}') TO ('${to}')`,
        );
      }
      await migration.does('COMMIT', {
        note: 'orders_history stays aside until it is compared, then it is dropped.',
      });
    });
    // #endregion split

    await sleep(50);
    running = false;
    await Promise.all(traffic);
    fact('Statements of the application that failed', failures.length);
    fact('Orders lost', rows + written.length - (await db.value<number>('SELECT count(*) FROM orders')));
    fact(
      'Orders that differ between history and months',
      await db.value<number>(`
      SELECT count(*) FROM (SELECT * FROM orders WHERE created_on < '2026-12-01' EXCEPT SELECT * FROM orders_history) d`),
    );
    fact(
      'Partitions after the split',
      (
        await db.query<{ name: string }>(
          `SELECT relid::regclass::text AS name FROM pg_partition_tree('orders') WHERE isleaf ORDER BY 1`,
        )
      ).map(({ name }) => name),
    );
    measure('Orders written meanwhile', written.length, 'orders');
    measure('Longest wait of the application while preparing', preparing, 'ms');
    measure('Longest wait during the refused swap', refusing, 'ms');
    measure('Longest wait during the swap', swapping, 'ms');
    measure('Longest wait while splitting', splitting, 'ms');

    // The same swap for a table with an identity and with things that depend on it, which the one above has not.
    const other = await postgres();
    const app = `"app of ${other.name}"`;
    const noted = 'CREATE TRIGGER noted AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION note()';
    await other.query(`
      CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY, at date NOT NULL CHECK (at < '2026-12-01'), buyer text);
      CREATE TABLE note (id int);
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO note VALUES (new.id); RETURN new; END';
      ${noted};
      CREATE VIEW recent AS SELECT * FROM orders;
      CREATE PUBLICATION feed FOR TABLE orders;
      ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON orders USING (buyer = 'Ann');
      CREATE ROLE ${app};
      GRANT ALL ON orders TO ${app};
      INSERT INTO orders (at, buyer) VALUES ('2026-11-30', 'Ann');
      CREATE TABLE orders_new (LIKE orders INCLUDING IDENTITY) PARTITION BY RANGE (at);
      CREATE TABLE orders_12 PARTITION OF orders_new FOR VALUES FROM ('2026-12-01') TO ('2027-01-01');
      ALTER TABLE orders RENAME TO orders_history;
      ALTER TABLE orders_new RENAME TO orders`);
    const attached = `ALTER TABLE orders ATTACH PARTITION orders_history FOR VALUES FROM (MINVALUE) TO ('2026-12-01')`;
    const lost: [string, string | number][] = [['identity: ATTACH', (await other.outcome(attached)).tag]];
    await other.query(`ALTER TABLE orders_history ALTER id DROP IDENTITY; ${attached}`);
    lost.push([
      'identity: next id after 1',
      await other.value<number>(`INSERT INTO orders (at, buyer) VALUES ('2026-12-02', 'Bob') RETURNING id`),
    ]);
    const as = (sql: string): string => `SET ROLE ${app}; ${sql}`;
    lost.push(['grant: the application reads', (await other.outcome(as('SELECT FROM orders'))).tag]);
    await other.query(`RESET ROLE; GRANT ALL ON orders TO ${app}`);
    lost.push([
      'policy: strangers’ rows it reads',
      (await other.query(as(`SELECT FROM orders WHERE buyer = 'Bob'`))).length,
    ]);
    await other.query('RESET ROLE');
    lost.push(['trigger: rows noted of 2', await other.value<number>('SELECT count(*) FROM note')]);
    lost.push(['view: rows of 2', await other.value<number>('SELECT count(*) FROM recent')]);
    lost.push(['publication of', await other.value<string>('SELECT tablename FROM pg_publication_tables')]);
    await other.query(`ALTER TABLE orders DETACH PARTITION orders_history; ${noted}`);
    const refusal = await other
      .query(attached)
      .then(String, (error: unknown) => (error as { code: string }).code);
    lost.push(['trigger on both: ATTACH', refusal]);
    fact('What does not come along', { columns: ['on the old table', 'after the swap'], rows: lost });

    // #region attach
    /** How long ATTACH, and with it the lock on the table that is attached, takes in ms. */
    const attach = async (like: string, check: string): Promise<number> => {
      await db.query(`
        CREATE TABLE parent (LIKE orders_history, PRIMARY KEY (id, created_on)) PARTITION BY RANGE (created_on);
        CREATE TABLE child (LIKE orders_history ${like} ${check});
        INSERT INTO child SELECT * FROM orders_history`);
      const start = performance.now();
      await db.query(
        `ALTER TABLE parent ATTACH PARTITION child FOR VALUES FROM (MINVALUE) TO ('2026-12-01')`,
      );
      const ms = performance.now() - start;
      await db.query('DROP TABLE parent');
      return ms;
    };
    const check = `, CHECK (created_on < '2026-12-01')`;
    const ready = await attach('INCLUDING INDEXES', check);
    const scanned = await attach('INCLUDING INDEXES', '');
    const indexed = await attach('', '');
    // #endregion attach
    measure('ATTACH with the CHECK and the index', ready, 'ms');
    measure('ATTACH that has to read the rows', scanned, 'ms');
    measure('ATTACH that has to read the rows and build the index', indexed, 'ms');
    holds('ATTACH that reads rows and builds the index takes three times as long', indexed > 3 * ready);
  },
});
