import { lab, type Session } from '#labs/index.ts';

/** An order as a cache entry: v2 splits the total. */
interface Entry {
  readonly total: number | { readonly amount: number; readonly currency: string };
}

/** What the database has for the order. */
const loaded: Entry = { total: 500 };

/** What a release does with data that another release may have written. */
interface Release {
  readonly name: string;
  label(status: string): string;
  saveAddress(db: Session, id: number, city: string): Promise<unknown>;
  showTotal(cache: Map<string, Entry>, id: number): string;
  /** The job kinds it may claim; undefined means whatever comes. */
  readonly kinds: readonly string[] | undefined;
  readonly works: readonly string[];
}

// #region v1
/** The running release: it knows what exists today, and trusts it. */
const v1: Release = {
  name: 'v1',
  label(status) {
    if (status === 'paid') return 'Being packed';
    if (status === 'sent') return 'On its way';
    throw new Error(`unknown status ${status}`);
  },
  // Reads the document into its own type and writes that back.
  saveAddress: (db, id, city) =>
    db.query(`UPDATE orders SET doc = jsonb_build_object('city', $2::text) WHERE id = $1`, [id, city]),
  showTotal: (cache, id) => `${Number(cache.get(`order:${id}`)?.total) / 100} EUR`,
  kinds: undefined,
  works: ['invoice'],
};
// #endregion v1

// #region prepared
/** One release earlier than v2: it writes nothing new, and survives whoever does. */
const prepared: Release = {
  name: 'prepared',
  label: (status) => ({ paid: 'Being packed', sent: 'On its way' })[status] ?? 'In progress',
  saveAddress: (db, id, city) =>
    db.query(`UPDATE orders SET doc = doc || jsonb_build_object('city', $2::text) WHERE id = $1`, [id, city]),
  // The shape is part of the key: another release's entry is a miss, and the order is loaded.
  showTotal: (cache, id) => `${Number((cache.get(`order:v1:${id}`) ?? loaded).total) / 100} EUR`,
  kinds: ['invoice'],
  works: ['invoice'],
};
// #endregion prepared

const v2: Release = { ...prepared, name: 'v2', kinds: ['invoice', 'hold'], works: ['invoice', 'hold'] };

/** What v2 writes once its flag is on. */
const newStatus = 'held';

export default lab({
  title: 'Two releases, one schema that never changes',
  claim:
    'Without any change of the schema, values that v2 writes break v1 in four places; a release that can read them, sent out one release earlier, survives all four and is what a rollback goes back to.',
  engines: ['postgres'],
  async run({ postgres, fact, holds, step }) {
    const db = await postgres();
    await db.query(`
      CREATE TABLE orders (id int PRIMARY KEY, status text NOT NULL, doc jsonb NOT NULL DEFAULT '{}');
      CREATE TABLE jobs (id int PRIMARY KEY, kind text NOT NULL, attempts int NOT NULL DEFAULT 0,
                         state text NOT NULL DEFAULT 'ready')`);
    const session = await db.session('instance');
    const columnsOf = `SELECT string_agg(table_name || '.' || column_name, ',' ORDER BY table_name, column_name)
                         FROM information_schema.columns WHERE table_schema = 'public'`;
    const schemaBefore = await db.value<string>(columnsOf);

    /** Orders whose page a release cannot show. */
    async function unreadable(release: Release): Promise<number> {
      const rows = await session.query<{ status: string }>('SELECT status FROM orders');
      let failed = 0;
      for (const { status } of rows) {
        try {
          release.label(status);
        } catch {
          failed += 1;
        }
      }
      return failed;
    }

    // #region work
    /** Claims one job and works on it; three failures bury it. */
    async function work({ kinds, works }: Release): Promise<void> {
      const [job] = await session.query<{ id: number; kind: string }>(
        `SELECT id, kind FROM jobs WHERE state = 'ready' AND ($1::text[] IS NULL OR kind = ANY ($1))
          ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`,
        [kinds ?? null],
      );
      if (!job) return;
      const done = works.includes(job.kind);
      await session.query(
        `UPDATE jobs SET attempts = attempts + 1,
                state = CASE WHEN $2 THEN 'done' WHEN attempts = 2 THEN 'dead' ELSE 'ready' END
          WHERE id = $1`,
        [job.id, done],
      );
    }
    // #endregion work

    /** What becomes of v2's four novelties while `older` runs beside it. */
    async function beside(older: Release): Promise<string[]> {
      await db.query(`
        TRUNCATE orders, jobs;
        INSERT INTO orders VALUES (1, 'paid', '{}'), (2, 'sent', '{}'),
          (3, '${newStatus}', '{"city": "Bonn", "gift": "for Ada"}');
        INSERT INTO jobs VALUES (1, 'hold')`);
      const failed = await unreadable(older);

      await older.saveAddress(session, 3, 'Cologne');
      const gift = await db.value<string | null>(`SELECT doc->>'gift' FROM orders WHERE id = 3`);

      const entry: Entry = { total: { amount: 500, currency: 'EUR' } };
      const cache = new Map([[older === v1 ? 'order:3' : 'order:v2:3', entry]]); // v2 keys as its predecessor does
      const total = older.showTotal(cache, 3);

      for (let turn = 0; turn < 3; turn++) await work(older);
      await work(v2); // an instance of v2 comes by
      const state = await db.value<string>('SELECT state FROM jobs');
      return [failed === 0 ? 'shown' : `${failed} of 3 fails`, gift === null ? 'lost' : 'kept', total, state];
    }
    const [naive, careful] = [await beside(v1), await beside(prepared)];
    const novelties = [
      'a new status',
      'a new field, after an old save',
      'a cached total, new shape',
      'a job of a new kind',
    ];
    fact('What v2 writes, met by an older release', {
      columns: ['v2 writes', 'beside v1', 'beside the prepared release'],
      rows: novelties.map((name, i) => [name, naive[i] ?? '', careful[i] ?? '']),
    });

    // #region rollback
    await db.query(`TRUNCATE orders; INSERT INTO orders SELECT g, 'paid' FROM generate_series(1, 10) g`);
    let flag = false;
    const hold = (id: number): Promise<unknown> =>
      session.query('UPDATE orders SET status = $2 WHERE id = $1', [id, flag ? newStatus : 'paid']);
    const check = async (release: Release, does: string, note?: string): Promise<number> => {
      const failed = await unreadable(release);
      const result = `${failed} of 10 orders fail`;
      step({ who: release.name, does, result, outcome: failed ? 'fails' : 'ok', ...(note ? { note } : {}) });
      return failed;
    };
    await check(v1, 'runs');
    await check(prepared, 'deploy', 'Reads what v2 will write, writes nothing new.');
    await hold(1);
    await check(v2, 'deploy, flag off', 'Every way back is open: nothing new is stored.');
    flag = true;
    for (const id of [1, 2, 3]) await hold(id);
    await check(v2, 'flag on: three orders held', 'From here on the data remembers.');
    flag = false;
    const back = [
      ['v2, flag off', await check(v2, 'flag off', 'Seconds, and no deployment.')],
      ['the prepared release', await check(prepared, 'redeploy', 'The rollback that rolls back.')],
      ['v1', await check(v1, 'redeploy', 'One release too far.')],
    ];
    // #endregion rollback
    fact('Orders that fail after going back', { columns: ['back to', 'of 10 orders'], rows: back });
    holds('the schema is the same before and after', schemaBefore === (await db.value<string>(columnsOf)));
  },
});
