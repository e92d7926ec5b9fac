import { lab } from '#labs/index.ts';

const limit = 50;

export default lab({
  title: 'A limit in PostgreSQL: read, then write, and one statement',
  claim:
    'Twenty sessions that all read the counter before any writes it let 200 of 200 calls pass a limit of 50; one INSERT … ON CONFLICT … WHERE lets exactly 50 pass.',
  engines: ['postgres'],
  async run({ postgres, fact, scene }) {
    const db = await postgres();
    // #region table
    await db.query(`
      CREATE UNLOGGED TABLE quota (
        key text,
        window_start timestamptz,
        hits int NOT NULL,
        PRIMARY KEY (key, window_start)
      )`);
    // #endregion table
    const start = '2026-11-22 12:00:00+00';
    const names = Array.from({ length: 20 }, (_, n) => `api-${n + 1}`);
    const sessions = await db.sessions(...names);
    const hits = (key: string) => db.value<number>('SELECT hits FROM quota WHERE key = $1', [key]);

    // Forced: in each round all twenty have read before the first one writes.
    // #region naive
    await db.query('INSERT INTO quota VALUES ($1, $2, 0)', ['naive', start]);
    let passed = 0;
    for (let round = 0; round < 10; round++) {
      const read = await Promise.all(
        sessions.map((s) => s.value<number>(`SELECT hits FROM quota WHERE key = 'naive'`)),
      );
      await Promise.all(
        sessions.map(async (s, n) => {
          const seen = read[n] ?? 0;
          if (seen >= limit) return;
          await s.query(`UPDATE quota SET hits = $1 WHERE key = 'naive'`, [seen + 1]);
          passed++;
        }),
      );
    }
    // #endregion naive
    fact('calls', 200);
    fact('limit', limit);
    fact('passed when each reads first', passed);
    fact('counter after that', await hits('naive'));

    // #region atomic
    const hit = `
      INSERT INTO quota AS q VALUES ($1, $2, 1)
      ON CONFLICT (key, window_start) DO UPDATE SET hits = q.hits + 1 WHERE q.hits < ${limit}
      RETURNING q.hits`; // no row: refused
    const allowed = async (session: (typeof sessions)[number], key: string): Promise<boolean> =>
      (await session.query(hit, [key, start])).length === 1;
    // #endregion atomic
    let atomic = 0;
    await Promise.all(
      sessions.map(async (s) => {
        for (let round = 0; round < 10; round++) if (await allowed(s, 'atomic')) atomic++;
      }),
    );
    fact('passed by one statement', atomic);
    fact('counter after one statement', await hits('atomic'));

    // The last slot and two callers: the second waits for the row and sees the new count.
    await db.query('INSERT INTO quota VALUES ($1, $2, 49)', ['last', start]);
    scene('Two calls for the last of 50');
    const [a, b] = await db.sessions('A', 'B');
    const last = `INSERT INTO quota AS q VALUES ('last', '${start}', 1) ON CONFLICT (key, window_start) DO UPDATE SET hits = q.hits + 1 WHERE q.hits < 50 RETURNING q.hits`;
    await a.does('BEGIN');
    await a.does(last, { note: 'A takes number 50 and holds the row.' });
    const pending = await b.waits(last);
    await a.does('COMMIT');
    const { rows } = await pending.outcome('The WHERE is checked again on the new row: refused.');
    fact('rows that B gets back', rows.length);

    // Accuracy against latency: four nodes fetch ten at a time and count those in memory.
    // #region lease
    const lease = `
      INSERT INTO quota AS q VALUES ($1, $2, 10)
      ON CONFLICT (key, window_start) DO UPDATE SET hits = q.hits + 10 WHERE q.hits + 10 <= ${limit}
      RETURNING 10 AS granted`;
    let statements = 0;
    /** A node that takes ten from the shared counter and then decides in memory. */
    const node = (session: (typeof sessions)[number], key: string) => {
      let [left, dry] = [0, false];
      return async (): Promise<boolean> => {
        if (left === 0 && !dry) {
          statements++;
          left = (await session.query(lease, [key, start])).length * 10;
          dry = left === 0; // refuses without asking until the window ends
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
