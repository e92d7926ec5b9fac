import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { lab, type Session } from '#labs/index.ts';

/**
 * Runs `work` in a Serializable transaction, again from its first statement when the server refuses it.
 * `onRetry` is told of each refusal.
 * @throws the last refusal after `attempts` tries, any other error at once.
 */
// #region retry
const transient = new Set<unknown>(['40001', '40P01']);

async function inTransaction<T>(
  client: pg.ClientBase,
  work: () => Promise<T>,
  onRetry: (code: string) => void,
  attempts = 5,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query('BEGIN ISOLATION LEVEL SERIALIZABLE');
      const result = await work();
      const { command } = await client.query('COMMIT'); // may be refused too
      if (command !== 'COMMIT') throw new Error('An error was swallowed.');
      return result;
    } catch (error) {
      // A dead connection has nothing to roll back: report the first error.
      await client.query('ROLLBACK').catch(() => undefined);
      const code = error instanceof pg.DatabaseError ? error.code : undefined;
      if (!code || !transient.has(code) || attempt === attempts) throw error;
      onRetry(code);
      await sleep(Math.random() * Math.min(200, 5 * 2 ** attempt)); // jitter, ms
    }
  }
}
// #endregion retry

export default lab({
  title: 'A retry runs the decision again',
  claim:
    'In a retry loop the refused transaction reads again, decides differently and keeps the rule; what it did outside the database happens twice.',
  engines: ['postgres'],
  async run({ postgres, fact, step }) {
    const db = await postgres();
    await db.query(`
      CREATE TABLE doctor (name text PRIMARY KEY, on_call boolean NOT NULL);
      CREATE TABLE outbox (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, message text NOT NULL);
      INSERT INTO doctor VALUES ('alice', true), ('bob', true);
    `);
    const [alice, bob] = await db.sessions('Alice', 'Bob');
    const emails: string[] = [];
    const transactions: { who: string; id: string }[] = [];

    // #region leave
    /** Takes a doctor off call if another one stays. Tells so twice: by an email at once, and by a row in an outbox. */
    const leave = async (who: Session, meanwhile?: () => Promise<unknown>): Promise<string> => {
      const name = who.name.toLowerCase();
      return inTransaction(
        who.client,
        async () => {
          transactions.push({ who: who.name, id: await who.value<string>('SELECT pg_current_xact_id()') });
          const others = await who.does(`SELECT count(*) FROM doctor WHERE on_call AND name <> '${name}'`);
          await meanwhile?.();
          const decision = others.rows[0]?.['count'] === 0 ? 'stays' : 'leaves';
          emails.push(`${who.name} ${decision}`);
          step({ who: who.name, does: `sendEmail('${who.name} ${decision}')` });
          await who.query('INSERT INTO outbox (message) VALUES ($1)', [`${who.name} ${decision}`]);
          await who.query('UPDATE doctor SET on_call = $2 WHERE name = $1', [name, decision === 'stays']);
          return decision;
        },
        (code) => {
          step({
            who: who.name,
            does: '(the server refuses the transaction)',
            result: `ERROR ${code}`,
            outcome: 'fails',
            note: 'Rolled back, counted, and run again from the first statement.',
          });
        },
      );
    };
    // #endregion leave

    let first = true;
    const decision = await leave(bob, async () => {
      if (!first) return;
      first = false;
      await leave(alice);
      step({ who: 'Alice', does: 'COMMIT', note: 'Between Bob’s read and his write.' });
    });
    step({ who: 'Bob', does: 'COMMIT' });

    // #region swallowed
    const swallowing = inTransaction(
      alice.client,
      () => alice.outcome(`INSERT INTO doctor VALUES ('bob', true)`), // 23505, and nobody looks
      () => undefined,
    );
    const noticed = await swallowing.then(
      () => 'returns as if committed',
      (error: unknown) => (error as Error).message,
    );
    // #endregion swallowed
    fact('The loop, when the program swallowed an error', noticed);
    fact('Bob’s attempts', transactions.filter(({ who }) => who === 'Bob').length);
    fact('What Bob’s last attempt decided', decision);
    fact('Doctors on call', await db.value<number>('SELECT count(*) FROM doctor WHERE on_call'));
    fact('Emails sent from inside the transactions', emails);
    const outbox = await db.query<{ message: string }>('SELECT message FROM outbox ORDER BY id');
    fact('Messages in the outbox', outbox.map(({ message }) => message)); // prettier-ignore

    // #region status
    const statuses = [];
    for (const { who, id } of transactions) {
      statuses.push([who, await db.value<string>('SELECT pg_xact_status($1::xid8)', [id])]);
    }
    fact('What became of each transaction', {
      columns: ['transaction of', 'pg_xact_status'],
      rows: statuses,
    });
    // #endregion status
  },
});
