import { lab, type Session } from '#labs/index.ts';
import { acting, installAudit } from './schema/install.ts';

export default lab({
  title: 'Thirteen ways to falsify an audit log',
  claim:
    'Grants stop the application, a trigger stops the owner’s mistakes, a hash chain shows an edit by a superuser, and only an anchor outside the database shows a chain that was cut or rebuilt; nothing shows an entry that was false when it was written.',
  engines: ['postgres'],
  async run({ postgres, fact, measure, holds }) {
    const server = await postgres.instance();
    const db = await server.database();
    await installAudit(db);
    await db.query(`
      CREATE TABLE account (id int PRIMARY KEY, holder text NOT NULL, credit_limit int NOT NULL);
      GRANT SELECT, INSERT, UPDATE, DELETE ON account TO app;
      GRANT USAGE ON SCHEMA audit TO postgres;
      CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON account FOR EACH ROW EXECUTE FUNCTION audit.capture('id');
    `);

    const [application, owner, superuser] = await db.sessions('app', 'owner', 'superuser');
    await application.query('SET SESSION AUTHORIZATION app');
    await owner.query('SET ROLE audit_owner');
    await acting(
      application,
      'u-17',
      'onboarding',
      `INSERT INTO account VALUES (1, 'Ines', 100), (2, 'Omar', 100)`,
    );
    await acting(application, 'u-17', 'CR-204', 'UPDATE account SET credit_limit = 500 WHERE id = 1');
    await acting(application, 'u-99', 'CR-231', 'UPDATE account SET credit_limit = 90000 WHERE id = 2');
    await acting(application, 'u-17', 'CR-240', 'UPDATE account SET credit_limit = 700 WHERE id = 1');
    fact('Entries sealed', await db.value<number>('SELECT audit.seal_new()'));
    fact(
      'First broken seal before any attack',
      (await db.value<number | null>('SELECT audit.first_broken_seal()')) ?? 'none',
    );
    fact('First broken seal, seen from another time zone', (await db.value<number | null>(`SET timezone = 'Asia/Tokyo'; SELECT audit.first_broken_seal()`)) ?? 'none'); // prettier-ignore

    // #region anchor
    // Stands for an object in a bucket that nobody may overwrite: length and head of the chain.
    const head = 'SELECT seq, hash FROM audit.seal ORDER BY seq DESC LIMIT 1';
    const [anchor] = await db.query<{ seq: number; hash: Buffer }>(head);
    const matchesAnchor = async (who: Session): Promise<boolean> =>
      await who.value<boolean>('SELECT EXISTS (SELECT FROM audit.seal WHERE seq = $1 AND hash = $2)', [
        anchor?.seq,
        anchor?.hash,
      ]);
    // #endregion anchor

    const cutOff = 'DELETE FROM audit.entry WHERE id >= 4; DELETE FROM audit.seal WHERE seq >= 4';
    const rebuild = `
      TRUNCATE audit.seal;
      INSERT INTO audit.seal
      WITH RECURSIVE listed AS (
        SELECT e, row_number() OVER (ORDER BY tx, id) AS seq FROM audit.entry e
      ), chain AS (
        SELECT seq, e, sha256(audit.canonical(e)) AS hash FROM listed WHERE seq = 1
        UNION ALL
        SELECT l.seq, l.e, sha256(c.hash || audit.canonical(l.e)) FROM chain c JOIN listed l ON l.seq = c.seq + 1
      )
      SELECT seq, (e).id, hash FROM chain`;

    // #region attacks
    const guilty = `table_name = 'public.account' AND row_key = '2' AND op = 'update'`;
    const edit = `UPDATE audit.entry SET actor = 'u-17' WHERE ${guilty}`;
    const forge = (tx: string): string => `
      INSERT INTO audit.entry (tx, actor, reason, table_name, row_key, op)
      VALUES (${tx}, 'u-17', 'CR-1', 'public.account', '2', 'update')`;
    const ownTrigger = `
      CREATE TRIGGER own BEFORE TRUNCATE ON audit.entry_now
      EXECUTE FUNCTION audit.refuse()`;
    const replica = 'SET LOCAL session_replication_role = replica';
    const off = 'ALTER TABLE audit.entry DISABLE TRIGGER USER';

    const attacks: [who: Session, attack: string, ...statements: string[]][] = [
      [application, 'UPDATE', edit],
      [application, 'forged INSERT', forge('DEFAULT')],
      [owner, 'UPDATE', edit],
      [owner, 'TRUNCATE', 'TRUNCATE audit.entry'],
      [owner, 'TRUNCATE of a partition', 'TRUNCATE audit.entry_now'],
      [owner, '… with its own trigger', ownTrigger, 'TRUNCATE audit.entry_now'],
      [superuser, 'UPDATE as a replica', replica, edit],
      [superuser, 'UPDATE, triggers off', off, edit],
      [superuser, 'DELETE', off, `DELETE FROM audit.entry WHERE ${guilty}`],
      [superuser, 'INSERT into the past', forge('1')],
      [superuser, 'newest entries cut off', off, cutOff],
      [superuser, 'UPDATE, chain rebuilt', off, edit, rebuild],
      [superuser, 'false INSERT of today', forge('DEFAULT')],
    ];
    // #endregion attacks
    const rows = [];
    for (const [who, attack, ...statements] of attacks) {
      await who.query('BEGIN');
      let refusal: string | undefined;
      for (const statement of statements) refusal ??= (await who.outcome(statement)).code;
      if (refusal) {
        rows.push([who.name, attack, `refused: ${refusal}`, '', '']);
      } else {
        const broken = await who.value<number | null>('SELECT audit.first_broken_seal()');
        const unsealed = await who.value<number>('SELECT audit.unsealed()');
        const chain =
          broken === null ? (unsealed > 0 ? `${unsealed} unsealed` : 'intact') : `broken at ${broken}`;
        rows.push([who.name, attack, 'done', chain, (await matchesAnchor(who)) ? 'agrees' : 'differs']);
      }
      await who.query('ROLLBACK');
    }
    fact('What notices', {
      columns: ['who', 'attack', 'result', 'chain', 'anchor'],
      rows,
    });

    // #region retention
    // Retention drops the first two entries; their seals stay, and the second one is anchored outside.
    await superuser.query(`BEGIN; ${off}; DELETE FROM audit.entry WHERE id <= 2`);
    const fromTheStart = await superuser.value<number | null>('SELECT audit.first_broken_seal()');
    const fromTheAnchor = await superuser.value<number | null>('SELECT audit.first_broken_seal(2)');
    await superuser.query('ROLLBACK');
    // #endregion retention
    fact('First broken seal after retention dropped entries 1 and 2', {
      columns: ['checked from the start', 'checked from the anchored seal 2'],
      rows: [[fromTheStart ?? 'none', fromTheAnchor ?? 'none']],
    });

    // #region window
    await acting(application, 'u-99', 'CR-250', 'UPDATE account SET credit_limit = 1 WHERE id = 1');
    await db.query('SELECT audit.seal_new()'); // sealed, but the anchor outside still has seal 5
    await superuser.query(
      `BEGIN; ${off}; UPDATE audit.entry SET actor = 'u-17' WHERE reason = 'CR-250'; ${rebuild}; COMMIT`,
    );
    const missed = await db.value<number | null>('SELECT audit.first_broken_seal()');
    // #endregion window
    fact('After an edit between seal and anchor, chain rebuilt', {
      columns: ['chain', 'anchor'],
      rows: [
        [
          missed === null ? 'intact' : `broken at ${missed}`,
          (await matchesAnchor(superuser)) ? 'agrees' : 'differs',
        ],
      ],
    });
    await db.query('ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER append_only');

    await acting(
      application,
      'u-17',
      'load',
      `INSERT INTO account SELECT g, 'x', 100 FROM generate_series(3, 10002) g`,
    );
    const sealing = performance.now();
    await db.query('SELECT audit.seal_new()');
    measure('Entries sealed per second', 10_000 / ((performance.now() - sealing) / 1000), '/s');
    const verifying = performance.now();
    holds('the long chain holds', (await db.value('SELECT audit.first_broken_seal()')) === null);
    measure('Entries verified per second', 10_000 / ((performance.now() - verifying) / 1000), '/s');
  },
});
