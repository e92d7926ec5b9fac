import { lab, type Session } from '#labs/index.ts';

export default lab({
  title: 'Two readers, two snapshots',
  claim:
    'No reader sees an uncommitted change; Read Committed sees each commit at its next statement, Repeatable Read keeps the snapshot of its first.',
  engines: ['postgres'],
  async run({ postgres, fact, holds, measure, scene, until }) {
    const db = await postgres();
    await db.query('CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)');
    const [writer, committed, repeatable] = await db.sessions('Writer', 'Read Committed', 'Repeatable Read');

    /** Starts a scene with accounts 1 and 2 at 100 and both readers in a transaction that has read once. */
    const open = async (title: string, sql: string): Promise<void> => {
      await db.query('DROP TABLE account; CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)');
      await db.query('INSERT INTO account VALUES (1, 100), (2, 100)');
      scene(title);
      await committed.does('BEGIN ISOLATION LEVEL READ COMMITTED');
      await repeatable.does('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await committed.does(sql);
      await repeatable.does(sql);
    };
    const close = async (): Promise<void> => {
      await committed.query('COMMIT');
      await repeatable.query('COMMIT');
    };

    // #region dirty
    const read = 'SELECT ctid, balance FROM account WHERE id = 1';
    await open('Dirty read: nobody sees it', read);
    await writer.does('BEGIN');
    await writer.does('UPDATE account SET balance = 50 WHERE id = 1', {
      note: 'A new version, at another place. The old one stays.',
    });
    const dirty = [await committed.does(read), await repeatable.does(read)];
    await writer.does('ROLLBACK');
    // #endregion dirty
    fact(
      'Balances read while the writer had not committed',
      dirty.map(({ rows }) => rows[0]?.['balance'] as number),
    );
    await close();

    await open('Non-repeatable read: the readers part ways', read);
    await writer.does('UPDATE account SET balance = 50 WHERE id = 1', { note: 'Committed at once.' });
    const after = await committed.does(read, {
      note: 'A new statement, a new snapshot: it finds the new version.',
    });
    const still = await repeatable.does(read, {
      note: 'Same snapshot: it still finds the old version, which is why that must be kept.',
    });
    fact('Second read at Read Committed', after.rows[0]?.['balance'] as number);
    fact('Second read at Repeatable Read', still.rows[0]?.['balance'] as number);
    fact('Place of the row version each reader sees', {
      columns: ['reader', 'ctid', 'balance'],
      rows: [
        ['Read Committed', String(after.rows[0]?.['ctid']), after.rows[0]?.['balance'] as number],
        ['Repeatable Read', String(still.rows[0]?.['ctid']), still.rows[0]?.['balance'] as number],
      ],
    });
    holds(
      'the old version was ended by the transaction that made the new one',
      (await stamp(repeatable, 'xmax')) === (await stamp(committed, 'xmin')),
    );
    await close();

    const count = 'SELECT count(*) FROM account WHERE balance >= 100';
    await open('Phantom read: Repeatable Read has none', count);
    await writer.does('INSERT INTO account VALUES (3, 100)');
    const more = await committed.does(count, { note: 'The phantom.' });
    const same = await repeatable.does(count, {
      note: 'The standard would allow a phantom here. PostgreSQL has none.',
    });
    fact('Second count at Read Committed', more.rows[0]?.['count'] as number);
    fact('Second count at Repeatable Read', same.rows[0]?.['count'] as number);
    await close();

    scene('BEGIN takes no snapshot: the first query does');
    await repeatable.does('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await writer.does('UPDATE account SET balance = 70 WHERE id = 2');
    const late = await repeatable.does('SELECT balance FROM account WHERE id = 2', {
      note: 'Committed after BEGIN, and still seen.',
    });
    fact(
      'Repeatable Read sees what was committed between its BEGIN and its first query',
      late.rows[0]?.['balance'] === 70,
    );
    await repeatable.query('COMMIT');

    // #region rollback
    await db.query('CREATE TABLE entry (id int, note text)');
    await db.query(`INSERT INTO entry SELECT g, 'a' FROM generate_series(1, 100000) g`);
    const size = (): Promise<number> => db.value<number>(`SELECT pg_relation_size('entry')`);
    const before = await size();
    const updating = await timed(() => writer.query(`BEGIN; UPDATE entry SET note = 'b'`));
    const rollingBack = await timed(() => writer.query('ROLLBACK'));
    const grown = (await size()) / before;
    // #endregion rollback
    measure('UPDATE of 100,000 rows', updating, 'ms');
    measure('ROLLBACK of that UPDATE', rollingBack, 'ms');
    holds('rolling back takes less than half the time of the update', rollingBack < updating / 2);
    holds('the table stays nearly twice as large after the rollback', grown > 1.9);

    // A report on a standby that may hold up replay for 100 ms; 30 s by default.
    const server = await postgres.instance({});
    const primary = await server.database();
    const standby = await (await server.standby({ max_standby_streaming_delay: '100ms' })).open(primary.name);
    fact('How long a standby waits for its queries, by default', await db.value<string>('SHOW max_standby_streaming_delay')); // prettier-ignore
    await primary.query('CREATE TABLE sale AS SELECT g AS id FROM generate_series(1, 1000) g');
    await until('the standby has it', () => standby.value<boolean>(`SELECT to_regclass('sale') IS NOT NULL`));
    const [report] = await standby.sessions('Report');
    await report.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await report.query('SELECT count(*) FROM sale');
    const reading = report.outcome('SELECT pg_sleep(30)'); // reads on and on
    await primary.query('DELETE FROM sale');
    await primary.query('VACUUM sale');
    fact('A report on a standby, when the primary has removed its row versions', (await reading).tag);
  },
});

/** The transaction id that made (`xmin`) or ended (`xmax`) the version of row 1 that this session sees. */
function stamp(session: Session, column: 'xmin' | 'xmax'): Promise<string> {
  return session.value<string>(`SELECT ${column}::text FROM account WHERE id = 1`);
}

/** Milliseconds that this takes. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
