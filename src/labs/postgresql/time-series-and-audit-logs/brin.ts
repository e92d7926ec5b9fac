import { lab, type Scalar } from '#labs/index.ts';

/** So many devices report once a minute, spread over the minute. */
const devices = 300;
const minutes = 1000;

/** Readings of the minutes from `from` to before `to`, in an order of arrival; `at` may shift minute `m` of device `d`. */
const readings = (from: number, to: number, order: string, at = 'm'): string => `
  SELECT d, '2026-11-01'::timestamptz + ${at} * interval '1 minute' + d * interval '0.2 seconds', (d * m % 97)::float8
  FROM generate_series(${from}, ${to - 1}) m, generate_series(1, ${devices}) d ORDER BY ${order}`;

/** One reading in 10,000 comes up to half a day late and is stored among rows of the present. */
const someLate = `(CASE WHEN (m * ${devices} + d) % 10000 = 0 THEN m - (m * 7919 + d) % 720 ELSE m END)`;

// #region questions
const anHour = `
  SELECT avg(value) FROM reading
  WHERE at >= '2026-11-01 08:00' AND at < '2026-11-01 09:00'`;
const oneDevice = `
  SELECT avg(value) FROM reading
  WHERE device_id = 42 AND at < '2026-11-01 12:00'`;

const small = 'WITH (pages_per_range = 16)';
const byTime = {
  'B-tree': 'btree (at)',
  'BRIN, 128 pages a range': 'brin (at)',
  'BRIN, 16 pages a range': `brin (at) ${small}`,
  'BRIN minmax-multi, 16': `brin (at timestamptz_minmax_multi_ops) ${small}`,
};
const byDevice = [
  'brin (at)',
  'btree (device_id, at)', // the key
  'btree (device_id, at) INCLUDE (value)',
];
// #endregion questions

export default lab({
  title: 'BRIN against B-tree on 300,000 readings',
  claim:
    'While rows lie in the order of time, a BRIN index hundreds of times smaller than a B-tree finds an hour in fewer than twice its pages; one late row in 10,000 undoes that unless ranges are small and the operator class is minmax-multi.',
  engines: ['postgres'],
  async run({ postgres, fact, measure, holds }) {
    // The log is counted for the whole server, so this lab has one of its own.
    const server = await postgres.instance();
    const db = await server.database();
    await db.query(
      'CREATE TABLE reading (device_id int NOT NULL, at timestamptz NOT NULL, value float8 NOT NULL)',
    );
    const load = async (rows: string): Promise<void> => {
      await db.query(`TRUNCATE reading; INSERT INTO reading ${rows}`);
      await db.query('VACUUM ANALYZE reading');
    };
    /** How the planner answers, and in how many pages. The first run also reads the catalog, so a later one counts. */
    const ask = async (question: string): Promise<{ plan: string; pages: number }> => {
      const runs = [await db.explain(question), await db.explain(question), await db.explain(question)];
      const scan = runs[0]?.nodes.find((node) => node.includes('Scan')) ?? 'no scan';
      return { plan: scan.replace(/ (using|on) .*/, ''), pages: Math.min(...runs.map((run) => run.buffers)) };
    };
    /** Gives the table this one index, asks, and takes the index away again. Its size is in kB. */
    const askWith = async (
      index: string,
      question: string,
    ): Promise<{ plan: string; pages: number; size: number }> => {
      await db.query(`CREATE INDEX probe ON reading USING ${index}`);
      const answer = await ask(question);
      const size = (await db.value<number>(`SELECT pg_relation_size('probe')`)) / 1024;
      await db.query('DROP INDEX probe');
      return { ...answer, size };
    };

    // #region order
    const arrivals = {
      shuffled: readings(0, minutes, 'hashint4(m * 1000 + d)'),
      late: readings(0, minutes, 'm, d', someLate),
      ordered: readings(0, minutes, 'm, d'),
    };
    const answers: Record<string, Record<string, { plan: string; pages: number; size: number }>> = {};
    const correlation: Record<string, number> = {};
    for (const [arrival, rows] of Object.entries(arrivals)) {
      await load(rows);
      correlation[arrival] = await db.value<number>(
        `SELECT correlation FROM pg_stats WHERE tablename = 'reading' AND attname = 'at'`,
      );
      for (const [name, index] of Object.entries(byTime)) {
        (answers[name] ??= {})[arrival] = await askWith(index, anHour);
      }
    }
    // #endregion order
    const of = (name: string, arrival: string): { plan: string; pages: number; size: number } => {
      const answer = answers[name]?.[arrival];
      if (!answer) throw new Error(`${name} was not asked on rows ${arrival}.`);
      return answer;
    };
    const heapPages = (await db.value<number>(`SELECT pg_relation_size('reading')`)) / 8192;
    fact('Pages of the table', heapPages);
    fact('Pages read for one hour of 300,000 readings', {
      columns: ['index on at', 'size, kB', 'rows in order', 'one in 10,000 late', 'rows shuffled'],
      rows: Object.keys(byTime).map((name) => [
        name,
        of(name, 'ordered').size,
        of(name, 'ordered').pages,
        of(name, 'late').pages,
        `${String(of(name, 'shuffled').pages)} (${of(name, 'shuffled').plan})`,
      ]),
    });
    const narrow = 'BRIN, 16 pages a range';
    const multi = 'BRIN minmax-multi, 16';
    fact('Size of the B-tree', of('B-tree', 'ordered').size, 'kB');
    fact('Size of the BRIN', of(narrow, 'ordered').size, 'kB');
    fact('Pages through the B-tree', of('B-tree', 'ordered').pages);
    fact('Pages through the BRIN', of(narrow, 'ordered').pages);
    fact('Pages through the BRIN with late rows', of(narrow, 'late').pages);
    fact('Pages through the default BRIN with late rows', of('BRIN, 128 pages a range', 'late').pages);
    fact('Pages through minmax-multi with late rows', of(multi, 'late').pages);
    holds(
      'the B-tree is more than 200 times as large as the BRIN',
      of('B-tree', 'ordered').size > 200 * of(narrow, 'ordered').size,
    );

    // ANALYZE samples rows, so it is not a fact.
    measure('Correlation in pg_stats, rows in order', correlation['ordered'] ?? NaN, 'of 1');
    measure('Correlation in pg_stats, one in 10,000 late', correlation['late'] ?? NaN, 'of 1');
    measure('Correlation in pg_stats, rows shuffled', correlation['shuffled'] ?? NaN, 'of 1');
    holds(
      'late rows that cost the default BRIN its use leave the correlation above 0.95',
      (correlation['late'] ?? 0) > 0.95,
    );

    // #region device
    const device: Scalar[][] = [];
    for (const index of byDevice) {
      const { plan, pages, size } = await askWith(index, oneDevice);
      device.push([index, size, plan, pages]);
    }
    // #endregion device
    fact('Size of the key', Number(device[1]?.[1]), 'kB');
    fact('Pages for one device from the covering index', Number(device.at(-1)?.[3]));
    fact('Pages for one device through the BRIN', Number(device[0]?.[3]));
    fact('Pages read for twelve hours of one device', {
      columns: ['index', 'size, kB', 'plan', 'pages'],
      rows: device,
    });

    // #region grown
    // CREATE INDEX packs its pages; the key of a live table grows by inserts in the order of arrival.
    await db.query('CREATE TABLE grown (LIKE reading, PRIMARY KEY (device_id, at))');
    await db.query(`INSERT INTO grown ${readings(0, minutes, 'm, d')}`);
    const grown = (await db.value<number>(`SELECT pg_relation_size('grown_pkey')`)) / 1024;
    await db.query('DROP TABLE grown');
    // #endregion grown
    fact('Size of the key, grown by inserts', grown, 'kB');

    // #region tail
    await db.query('CREATE INDEX probe ON reading USING brin (at)');
    const before = await ask(anHour);
    await db.query(`INSERT INTO reading ${readings(minutes, minutes + 200, 'm, d')}`);
    const unsummarised = await ask(anHour);
    const ranges = await db.value<number>(`SELECT brin_summarize_new_values('probe')`);
    const after = await ask(anHour);
    // #endregion tail
    fact('Ranges that brin_summarize_new_values added', ranges);
    fact('Pages read for the same old hour', {
      columns: ['before 60,000 new rows', 'after them', 'after brin_summarize_new_values'],
      rows: [[before.pages, unsummarised.pages, after.pages]],
    });
    await db.query('DROP INDEX probe');

    // #region load
    const costs: Record<string, { rate: number; wal: number }> = {};
    let next = minutes + 200;
    for (const index of [undefined, ...byDevice.slice(0, 2), 'btree (at)']) {
      if (index) await db.query(`CREATE INDEX probe ON reading USING ${index}`);
      const from = await db.value<string>('SELECT pg_current_wal_insert_lsn()');
      const started = performance.now();
      await db.query(`INSERT INTO reading ${readings(next, next + 200, 'm, d')}`);
      const seconds = (performance.now() - started) / 1000;
      const wal = await db.value<number>('SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1)::bigint', [
        from,
      ]);
      costs[index ?? 'no index'] = { rate: (200 * devices) / seconds, wal: wal / (200 * devices) };
      await db.query('DROP INDEX IF EXISTS probe');
      next += 200;
    }
    // #endregion load
    for (const [index, { rate, wal }] of Object.entries(costs)) {
      measure(`Rows loaded per second, ${index}`, rate, '/s');
      measure(`Write-ahead log per row, ${index}`, wal, 'bytes');
    }
    holds(
      'a B-tree on the device adds half as much log again to each row, BRIN less than a tenth',
      (costs['btree (device_id, at)']?.wal ?? 0) > 1.5 * (costs['no index']?.wal ?? Infinity) &&
        (costs['brin (at)']?.wal ?? Infinity) < 1.1 * (costs['no index']?.wal ?? 0),
    );
  },
});
