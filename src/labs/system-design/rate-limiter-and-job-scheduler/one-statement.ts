import { lab, type Session } from '#labs/index.ts';

const limit = 50;

export default lab({
  title: 'A limit in PostgreSQL: read, then write, and one statement',
  claim:
    'Twenty sessions that all read the bucket before any writes it let 200 of 200 calls pass a limit of 50; one INSERT … ON CONFLICT … WHERE lets exactly 50 pass.',
  engines: ['postgres'],
  async run({ postgres, fact, holds, measure, scene }) {
    const db = await postgres();
    // One timestamp for each key: when its bucket is full again. A token takes an hour, so that none comes back here.
    // #region table
    await db.query(`
      CREATE UNLOGGED TABLE bucket (
        key text PRIMARY KEY,
        full_at timestamptz NOT NULL
      ) WITH (fillfactor = 50)`); // room on each page for the next version of a row
    // #endregion table
    const names = Array.from({ length: 20 }, (_, n) => `api-${n + 1}`);
    const sessions = await db.sessions(...names);
    const taken = `greatest(0, ceil(extract(epoch FROM full_at - now()) / 3600))::int`; // tokens that are missing
    const missing = (key: string) => db.value<number>(`SELECT ${taken} FROM bucket WHERE key = $1`, [key]);

    // Forced: in each round all twenty have read before the first one writes.
    // #region naive
    await db.query(`INSERT INTO bucket VALUES ('naive', now())`);
    let passed = 0;
    for (let round = 0; round < 10; round++) {
      const read = await Promise.all(
        sessions.map((s) => s.value<number>(`SELECT ${taken} FROM bucket WHERE key = 'naive'`)),
      );
      await Promise.all(
        sessions.map(async (s, n) => {
          const seen = read[n] ?? 0;
          if (seen >= limit) return;
          const hours = `$1::float8 * interval '1 hour'`;
          await s.query(`UPDATE bucket SET full_at = now() + ${hours} WHERE key = 'naive'`, [seen + 1]);
          passed++;
        }),
      );
    }
    // #endregion naive
    fact('calls', 200);
    fact('limit', limit);
    fact('passed when each reads first', passed);
    fact('counter after that', await missing('naive'));

    // #region atomic
    const take = `
      INSERT INTO bucket AS b SELECT $1, now() + $2::float8 * interval '1 hour' WHERE $2 <= ${limit}
      ON CONFLICT (key) DO UPDATE SET full_at = greatest(b.full_at, now()) + $2 * interval '1 hour'
        WHERE greatest(b.full_at, now()) + $2 * interval '1 hour' <= now() + interval '${limit} hours'
      RETURNING key`; // $1: the key, $2: how many tokens; no row: refused
    const allowed = async (session: Session, key: string, tokens = 1): Promise<boolean> =>
      (await session.query(take, [key, tokens])).length === 1;
    // #endregion atomic
    let atomic = 0;
    await Promise.all(
      sessions.map(async (s) => {
        for (let round = 0; round < 10; round++) if (await allowed(s, 'atomic')) atomic++;
      }),
    );
    fact('passed by one statement', atomic);
    fact('counter after one statement', await missing('atomic'));

    // The last token and two callers: the second waits for the row and sees the new timestamp.
    await db.query(`INSERT INTO bucket VALUES ('last', now() + interval '49 hours')`);
    scene('Two calls for the last of 50');
    const [a, b] = await db.sessions('A', 'B');
    const last = `INSERT INTO bucket AS b VALUES ('last', now() + interval '1 hour') ON CONFLICT (key) DO UPDATE SET full_at = greatest(b.full_at, now()) + interval '1 hour' WHERE greatest(b.full_at, now()) + interval '1 hour' <= now() + interval '50 hours' RETURNING key`;
    await a.does('BEGIN');
    await a.does(last, { note: 'A takes the last token and holds the row.' });
    const pending = await b.waits(last);
    await a.does('COMMIT');
    const { rows } = await pending.outcome('The WHERE is checked on the new row: refused.');
    fact('rows that B gets back', rows.length);
    holds('a cost above the burst is refused, on a new key too', !(await allowed(a, 'new', limit + 1)));

    // How many calls one row takes on a server that flushes its log: a thousandth of a token each, so that all pass.
    const durable = await postgres.instance({ fsync: true, synchronous_commit: 'on' });
    const rate = async (kind: 'UNLOGGED' | ''): Promise<number> => {
      const own = await durable.database();
      await own.query(`CREATE ${kind} TABLE bucket (key text PRIMARY KEY, full_at timestamptz NOT NULL)`);
      const callers = await own.sessions(...names);
      const began = performance.now();
      await Promise.all(
        callers.map(async (s) => {
          for (let call = 0; call < 50; call++) await allowed(s, 'hot', 0.001);
        }),
      );
      return Math.round(1000 / ((performance.now() - began) / 1000));
    };
    measure('twenty sessions on one key, unlogged table', await rate('UNLOGGED'), 'calls/s');
    measure('twenty sessions on one key, ordinary table', await rate(''), 'calls/s');

    // Accuracy against latency: four nodes fetch ten at a time and count those in memory.
    // #region lease
    let statements = 0;
    /** A node that takes ten tokens from the shared bucket and then decides in memory. */
    const node = (session: Session, key: string) => {
      let [left, dry] = [0, false];
      return async (): Promise<boolean> => {
        if (left === 0 && !dry) {
          statements++;
          left = (await allowed(session, key, 10)) ? 10 : 0;
          dry = left === 0; // refuses without asking, in production for a second
        }
        return left > 0 && left-- > 0;
      };
    };
    // #endregion lease
    const count = async (calls: readonly (() => Promise<boolean>)[]): Promise<number> => {
      let ok = 0;
      for (const call of calls) if (await call()) ok++;
      return ok;
    };
    const even = sessions.slice(0, 4).map((s) => node(s, 'even'));
    fact('passed with leases of ten', await count(Array.from({ length: 50 }, () => even).flat()));
    fact('statements for those 200 calls', statements);
    const skewed = sessions.slice(0, 4).map((s) => node(s, 'skewed'));
    const before = await count(skewed); // one call each, so each holds a lease
    const hot = skewed.slice(0, 1);
    const after = await count(Array.from({ length: 100 }, () => hot).flat());
    fact('passed when one of four nodes gets the next 100 calls', before + after);
  },
});
