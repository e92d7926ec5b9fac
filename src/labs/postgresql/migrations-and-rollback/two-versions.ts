import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { lab, type Session } from '#labs/index.ts';

/** The SQL that each release sends. $2 is an amount in cents. */
const both = {
  save: 'INSERT INTO orders (id, total, total_cents) VALUES ($1, $2::int / 100.0, $2::int)',
  change: 'UPDATE orders SET total = $2::int / 100.0, total_cents = $2::int WHERE id = $1',
};
const readOld = 'SELECT total * 100 AS cents FROM orders WHERE id = $1';
const readNew = 'SELECT total_cents AS cents FROM orders WHERE id = $1';
const versions = {
  v1: {
    save: 'INSERT INTO orders (id, total) VALUES ($1, $2::int / 100.0)',
    change: 'UPDATE orders SET total = $2::int / 100.0 WHERE id = $1',
    read: readOld,
  },
  v2: { ...both, read: readOld },
  v3: { ...both, read: readNew },
  v4: {
    save: 'INSERT INTO orders (id, total_cents) VALUES ($1, $2::int)',
    change: 'UPDATE orders SET total_cents = $2::int WHERE id = $1',
    read: readNew,
  },
} as const;
type Version = keyof typeof versions;

// #region path
/** From total to total_cents: the schema and the code take turns. */
const alter = 'ALTER TABLE orders';
const path: readonly (Schema | Deployment)[] = [
  { name: 'expand', sql: `${alter} ADD COLUMN total_cents bigint` },
  { name: 'deploy v2', deploy: 'v2' }, // writes both, reads old
  {
    name: 'backfill',
    sql: `UPDATE orders SET total_cents = total * 100
           WHERE total_cents IS DISTINCT FROM total * 100`,
  },
  { name: 'require new', sql: `${alter} ALTER total_cents SET NOT NULL` },
  { name: 'deploy v3', deploy: 'v3' }, // writes both, reads new
  { name: 'relax old', sql: `${alter} ALTER total DROP NOT NULL` },
  { name: 'deploy v4', deploy: 'v4' }, // writes and reads new
  { name: 'contract', sql: `${alter} DROP COLUMN total` },
];
const down = `${alter} ADD COLUMN total numeric(10, 2)`;
// #endregion path

/** A change of the schema on the way. */
interface Schema {
  readonly name: string;
  readonly sql: string;
}

/** A release on the way. */
interface Deployment {
  readonly name: string;
  readonly deploy: Version;
}

const names = Object.keys(versions) as Version[];
const before = 'CREATE TABLE orders (id int PRIMARY KEY, total numeric(10, 2) NOT NULL)';
/** A running copy of the application. */
interface Instance {
  readonly session: Session;
  version: Version;
  served: number;
}

/** What each order costs in cents, so that whoever reads it can tell whether it is right. */
const costs = new Map<number, number>();

async function write(session: Session, version: Version, how: 'save' | 'change', id: number): Promise<void> {
  const cents = (costs.get(id) ?? id * 50) + 50;
  await session.query(versions[version][how], [id, cents]);
  costs.set(id, cents);
}

/** `ok`, or how the reader is wrong. */
async function read(session: Session, version: Version, id: number): Promise<string> {
  const cents = await session.value<string | number | null>(versions[version].read, [id]);
  return cents === null ? 'reads NULL' : Number(cents) === costs.get(id) ? 'ok' : 'reads a wrong amount';
}

/** The SQLSTATE of a refusal; anything else is thrown. */
function codeOf(error: unknown): string {
  if (error instanceof pg.DatabaseError && error.code !== undefined) return error.code;
  throw error;
}

export default lab({
  title: 'Four releases on one changing table',
  claim:
    'Along expand, migrate and contract each release runs beside the one before it and no request fails; a change in place, or going back two releases, fails. A backfill of the NULLs alone leaves wrong amounts.',
  engines: ['postgres'],
  async run({ postgres, fact, holds, measure, until }) {
    const db = await postgres();
    const one = await db.session('instance');
    let next = 0;

    // #region together
    /** Whether two versions run side by side on the schema as it is now: both save, the second changes an order of the first, both read. */
    async function together(a: Version, b: Version): Promise<string> {
      await one.query('BEGIN');
      try {
        const [ofA, changed, ofB] = [next + 1, next + 2, next + 3];
        next += 3;
        for (const id of [ofA, changed]) await write(one, a, 'save', id);
        await write(one, b, 'save', ofB);
        await write(one, b, 'change', changed);
        for (const reader of [a, b]) {
          for (const id of [1, ofA, changed, ofB]) {
            const seen = await read(one, reader, id);
            if (seen !== 'ok') return `${reader} ${seen}`;
          }
        }
        return 'ok';
      } catch (error) {
        return codeOf(error);
      } finally {
        await one.query('ROLLBACK');
      }
    }
    // #endregion together

    /** A table with 500 orders of v1. */
    async function fresh(): Promise<void> {
      await db.query(`DROP TABLE IF EXISTS orders; ${before}`);
      await db.query('INSERT INTO orders SELECT g, g * 0.5 FROM generate_series(1, 500) g');
      next = 500;
      costs.clear();
      for (let id = 1; id <= next; id++) costs.set(id, id * 50);
    }

    await fresh();
    let running: Version = 'v1';
    const each = [['before', ...(await eachAlone())]];
    const back = [];
    for (const step of path) {
      if ('deploy' in step) running = step.deploy;
      else {
        await db.query(step.sql);
        each.push([step.name, ...(await eachAlone())]);
      }
      const backBy = async (releases: number): Promise<string> => {
        const earlier = names[names.indexOf(running) - releases];
        if (!earlier) return 'none';
        const outcome = await together(running, earlier);
        return outcome.startsWith('v') ? outcome : `${earlier} ${outcome}`;
      };
      back.push([step.name, running, await backBy(1), await backBy(2)]);
    }
    await db.query(down);
    each.push(['a down migration', ...(await eachAlone())]);
    fact('Each version alone on each schema', { columns: ['schema after', ...names], rows: each });
    fact('Going back after each step', {
      columns: ['after', 'runs', 'back one release', 'back two'],
      rows: back,
    });

    async function eachAlone(): Promise<string[]> {
      const outcomes = [];
      for (const version of names)
        outcomes.push((await together(version, version)).replace(`${version} `, ''));
      return outcomes;
    }

    // #region stale
    /** v2 saves an order, an instance of v1 changes it, and the backfill comes after: what v3 reads. */
    async function overlap(which: string): Promise<string> {
      await fresh();
      await db.query(`${alter} ADD COLUMN total_cents bigint`);
      const id = (next += 1);
      await write(one, 'v2', 'save', id);
      await write(one, 'v1', 'change', id);
      await db.query(`UPDATE orders SET total_cents = total * 100 WHERE ${which}`);
      return read(one, 'v3', id);
    }
    // #endregion stale
    const predicates = ['total_cents IS NULL', 'total_cents IS DISTINCT FROM total * 100'];
    const afterwards = [];
    for (const which of predicates) afterwards.push([which, await overlap(which)]);
    fact('An order that v2 saved and v1 then changed', {
      columns: ['backfill WHERE', 'v3 afterwards'],
      rows: afterwards,
    });

    // #region trigger
    await fresh();
    await db.query(`
      ALTER TABLE orders ADD COLUMN total_cents bigint;
      CREATE FUNCTION sync_total() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'INSERT' THEN
          new.total_cents := coalesce(new.total_cents, new.total * 100);
          new.total := coalesce(new.total, new.total_cents / 100.0);
        ELSIF new.total_cents IS DISTINCT FROM old.total_cents THEN
          new.total := new.total_cents / 100.0;
        ELSIF new.total IS DISTINCT FROM old.total THEN
          new.total_cents := new.total * 100;
        END IF;
        RETURN new;
      END $$;
      CREATE TRIGGER sync_total BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION sync_total();
      UPDATE orders SET total_cents = total * 100;
    `);
    const synced = await together('v1', 'v4');
    // #endregion trigger
    await db.query('DROP TRIGGER sync_total ON orders');
    fact('v1 and v4 side by side, both columns there', {
      columns: ['kept in step by', 'outcome'],
      rows: [
        ['nothing', await together('v1', 'v4')],
        ['a trigger', synced],
      ],
    });

    // #region live
    /** Four instances that save and read without a pause, replaced one by one at each deployment. */
    const sessions = await db.sessions('i1', 'i2', 'i3', 'i4');
    const tally = { requests: 0, failed: 0 };
    let stopped = false;
    const fleet: Instance[] = sessions.map((session) => ({ session, version: 'v1', served: 0 }));
    const taken = new Set<number>();
    /** Works on an order unless another instance does, or its saving failed; true then. */
    const alone = async (id: number, work: () => Promise<boolean>): Promise<boolean> => {
      if (taken.has(id) || !costs.has(id)) return true;
      taken.add(id);
      return work().finally(() => taken.delete(id));
    };
    const serve = async (instance: Instance): Promise<void> => {
      while (!stopped) {
        const { session, version } = instance; // a deployment takes effect between requests
        let right = true;
        try {
          const id = (next += 1);
          await write(session, version, 'save', id);
          right = await alone(id, async () => (await read(session, version, id)) === 'ok');
          const some = id - Math.floor(Math.random() * 40); // saved lately, perhaps by another version
          right &&= await alone(some, async () => {
            await write(session, version, 'change', some);
            return (await read(session, version, some)) === 'ok';
          });
          const any = 1 + Math.floor(Math.random() * id);
          right &&= await alone(any, async () => (await read(session, version, any)) === 'ok');
        } catch (error) {
          codeOf(error);
          right = false;
          await sleep(1);
        }
        tally.requests += 1;
        if (!right) tally.failed += 1;
        instance.served += 1;
      }
    };
    /** Resolves when every instance has served ten more requests. */
    const soak = async (): Promise<void> => {
      const marks = fleet.map(({ served }) => served + 10);
      await until('each instance serves', () => fleet.every(({ served }, i) => served >= (marks[i] ?? 0)));
    };
    const deploy = async (version: Version): Promise<void> => {
      for (const instance of fleet) {
        instance.version = version;
        await soak();
      }
    };
    // #endregion live

    async function underLoad(change: () => Promise<void>): Promise<{ requests: number; failed: number }> {
      await fresh();
      Object.assign(tally, { requests: 0, failed: 0 });
      for (const instance of fleet) instance.version = 'v1';
      stopped = false;
      const running = fleet.map(serve);
      await soak();
      await change();
      await soak();
      stopped = true;
      await Promise.all(running);
      return { ...tally };
    }

    const stepwise = await underLoad(async () => {
      for (const step of path) {
        if ('deploy' in step) await deploy(step.deploy);
        else await db.query(step.sql);
        await soak();
      }
    });
    const inPlace = await underLoad(async () => {
      await db.query('ALTER TABLE orders ALTER total TYPE bigint USING total * 100');
      await db.query('ALTER TABLE orders RENAME total TO total_cents');
      await deploy('v4');
    });
    measure('Requests along expand, migrate, contract', stepwise.requests, 'requests');
    fact('Failed requests along expand, migrate, contract', stepwise.failed);
    measure('Requests around the change in place', inPlace.requests, 'requests');
    measure('Failed requests around the change in place', inPlace.failed, 'requests');
    holds('the change in place fails requests', inPlace.failed > 10);
  },
});
