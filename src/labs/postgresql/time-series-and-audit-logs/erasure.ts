import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { lab } from '#labs/index.ts';
import { acting, installAudit } from './schema/install.ts';

export default lab({
  title: 'Erasing a person from a log that must not change',
  claim:
    'Redacting an entry breaks its hash chain and a plain hash of an email is guessed; a salted digest whose salt and value stand beside the log can be erased while the chain still holds.',
  engines: ['postgres'],
  async run({ postgres, fact }) {
    const server = await postgres.instance();
    const db = await server.database();
    await installAudit(db);
    await db.query(readFileSync(new URL('schema/personal.sql', import.meta.url), 'utf8'));
    await db.query(`
      CREATE TABLE customer (id text PRIMARY KEY, plan text NOT NULL, email text NOT NULL);
      CREATE TABLE customer_plain (LIKE customer INCLUDING ALL);
      CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON customer
        FOR EACH ROW EXECUTE FUNCTION audit.capture_personal('id', 'email');
      CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON customer_plain
        FOR EACH ROW EXECUTE FUNCTION audit.capture('id');
    `);
    const api = await db.session('api');
    for (const table of ['customer_plain', 'customer']) {
      await acting(
        api,
        'c-7',
        'sign-up',
        `INSERT INTO ${table} VALUES ('c-7', 'free', 'ines4711@example.org')`,
      );
      await acting(api, 'c-7', 'profile', `UPDATE ${table} SET email = 'ines@example.org' WHERE id = 'c-7'`);
      await acting(api, 'c-7', 'checkout', `UPDATE ${table} SET plan = 'team' WHERE id = 'c-7'`);
    }
    await db.query('SELECT audit.seal_new()');

    // #region redact
    const redact = `UPDATE audit.entry SET before = before - 'email', after = after - 'email' WHERE table_name = 'public.customer_plain'`;
    const refused = await db.outcome(redact);
    await api.query(`BEGIN; ALTER TABLE audit.entry DISABLE TRIGGER USER; ${redact}`);
    const broken = await api.value<number>('SELECT audit.first_broken_seal()');
    await api.query('ROLLBACK');
    // #endregion redact
    fact('SQLSTATE of a redacting UPDATE', refused.tag);
    fact('First broken seal after redacting with triggers off', broken);

    // #region guess
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    /** Addresses that someone who saw the log would try. */
    const candidates = Array.from({ length: 10_000 }, (_, n) => `ines${n}@example.org`);
    const hashed = sha256('ines4711@example.org');
    const guesses = candidates.findIndex((candidate) => sha256(candidate) === hashed) + 1;
    // #endregion guess
    fact('Guesses until a plain SHA-256 gave the address away', guesses);

    // Whoever has the salt can still guess: the salt is the secret, so it has to go.
    const salt = await db.value<string>(`SELECT salt FROM audit.subject WHERE subject = 'c-7'`);
    const digest = await db.value<string>(`
      SELECT after ->> 'email' FROM audit.entry WHERE table_name = 'public.customer' ORDER BY id LIMIT 1`);
    const salted = (candidate: string): string => sha256(`["${salt}", "email", "${candidate}"]`);
    fact(
      'Guesses with the salt in hand',
      candidates.findIndex((candidate) => salted(candidate) === digest) + 1,
    );

    // #region erase
    const readable = `
      SELECT count(*) FROM audit.entry e
      JOIN audit.personal p ON p.subject = e.row_key AND p.digest = e.after ->> 'email'
      WHERE e.table_name = 'public.customer'`;
    const before = await db.value<number>(readable);

    // First the row: its deletion is audited too, and would store the email again.
    const goodbye = `DELETE FROM customer WHERE id = 'c-7'`;
    await acting(api, 'dpo-1', 'erasure request 12', goodbye);
    // Then the salt, and by the foreign key the values.
    await db.query(`DELETE FROM audit.subject WHERE subject = 'c-7'`);
    const after = await db.value<number>(readable);
    // #endregion erase
    await db.query('SELECT audit.seal_new()');
    const log = await db.query<{ op: string; actor: string; email: string | null }>(`
      SELECT op, actor, coalesce(after, before) ->> 'email' AS email FROM audit.entry
      WHERE table_name = 'public.customer' ORDER BY id`);
    fact('Entries with a readable email', {
      columns: ['before the erasure', 'after it'],
      rows: [[before, after]],
    });
    fact('The log of customer c-7 after the erasure', {
      columns: ['op', 'actor', 'email'],
      rows: log.map(({ op, actor, email }, n) => [
        op,
        actor,
        n > 0 && email === log[n - 1]?.email ? 'the same digest' : 'a digest',
      ]),
    });
    fact(
      'First broken seal after the erasure',
      (await db.value<number | null>('SELECT audit.first_broken_seal()')) ?? 'none',
    );
    const seen = new Set(log.map(({ email }) => email));
    fact(
      'Digests that 10,000 guesses gave away without the salt',
      candidates.filter(
        (candidate) => seen.has(sha256(candidate)) || seen.has(sha256(JSON.stringify(['email', candidate]))),
      ).length,
    );
  },
});
