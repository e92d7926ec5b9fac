import { lab, type Session } from '#labs/index.ts';

/** What a payment provider does: it charges, and with a key it charges that key once. */
function provider() {
  const charges: string[] = [];
  const byKey = new Map<string, string>();
  return {
    charges,
    charge(key?: string): string {
      const known = key === undefined ? undefined : byKey.get(key);
      if (known) return known;
      const id = `ch_${charges.length + 1}`;
      charges.push(id);
      if (key !== undefined) byKey.set(key, id);
      return id;
    },
  };
}

export default lab({
  title: 'One key, two requests at once',
  claim:
    'Looking for the key before charging lets two simultaneous requests both charge; claiming the key by a unique insert, in a transaction of its own, lets one through. When the owner of a claim dies or is slow, only the same key at the provider prevents a second charge.',
  engines: ['postgres'],
  async run({ postgres, fact, scene }) {
    const db = await postgres();
    await db.query(`
      CREATE TABLE request (
        key text PRIMARY KEY,
        body_hash text NOT NULL,
        state text NOT NULL DEFAULT 'started',
        attempt int NOT NULL DEFAULT 1,
        claimed_until timestamptz NOT NULL DEFAULT now() + interval '1 minute',
        response text
      );
      CREATE TABLE payment (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL);
    `);
    const [a, b] = await db.sessions('A', 'B');
    const rows: [string, number, string, string][] = [];

    // Look first: both look before either writes.
    {
      const card = provider();
      const look = (session: Session) => session.query(`SELECT response FROM request WHERE key = 'k1'`);
      const [seenA, seenB] = [await look(a), await look(b)];
      const answers: string[] = [];
      for (const [session, seen] of [
        [a, seenA],
        [b, seenB],
      ] as const) {
        if (seen.length > 0) continue;
        const id = card.charge();
        const { code } = await session.outcome(
          `INSERT INTO request (key, body_hash, state, response) VALUES ('k1', 'h', 'done', '${id}')`,
        );
        answers.push(code ? `${id}, then ${code}` : id);
      }
      rows.push([
        'look for the key, charge, store it',
        card.charges.length,
        answers[0] ?? '',
        answers[1] ?? '',
      ]);
    }

    type Work = () => Promise<string>;
    /** The handler: claims the key, works, stores the answer. Gives back a status and a body. */
    // #region claim
    const handle = async (session: Session, key: string, hash: string, work: Work): Promise<string> => {
      const [claim] = await session.query<{ attempt: number }>(
        `INSERT INTO request (key, body_hash) VALUES ($1, $2)
         ON CONFLICT (key) DO UPDATE SET claimed_until = now() + interval '1 minute', attempt = request.attempt + 1
           WHERE request.body_hash = excluded.body_hash
             AND request.state = 'started' AND request.claimed_until < now() -- its worker died, or is slow
         RETURNING attempt`,
        [key, hash],
      ); // committed at once: everyone sees the claim before the work starts
      if (claim) {
        const response = await work();
        const stored = await session.query(
          `UPDATE request SET state = 'done', response = $2 WHERE key = $1 AND attempt = $3 RETURNING key`,
          [key, response, claim.attempt],
        );
        if (stored.length === 1) return `200 ${response}`;
      } // someone else has the key, or has taken it over: answer what is stored
      const [known] = await session.query<{ body_hash: string; state: string; response: string }>(
        'SELECT body_hash, state, response FROM request WHERE key = $1',
        [key],
      );
      if (known?.body_hash !== hash) return '422 same key, other body';
      return known.state === 'done' ? `200 ${known.response}` : '409 in progress';
    };
    // #endregion claim

    // Claim first: B arrives while A is at the provider.
    {
      const card = provider();
      const atProvider = () => Promise.resolve(card.charge());
      let second = '';
      const first = await handle(a, 'k2', 'h', async () => {
        second = await handle(b, 'k2', 'h', atProvider);
        return card.charge();
      });
      rows.push(['claim the key, charge, store the answer', card.charges.length, first, second]);
      fact('a third request, after the first is done', await handle(b, 'k2', 'h', atProvider));
      fact('the same key with another body', await handle(b, 'k2', 'other', atProvider));
    }

    // The claimant dies between charge and storing.
    const afterDeath = async (key: string, providerKey: string | undefined): Promise<[number, string]> => {
      const card = provider();
      const atProvider = () => Promise.resolve(card.charge(providerKey));
      const dies = handle(a, key, 'h', () => {
        card.charge(providerKey);
        return Promise.reject(new Error('killed'));
      });
      await dies.catch(() => undefined);
      const early = await handle(b, key, 'h', atProvider);
      await db.query(`UPDATE request SET claimed_until = now() - interval '1 second' WHERE key = '${key}'`);
      const late = await handle(b, key, 'h', atProvider);
      return [card.charges.length, `${early}, later ${late}`];
    };
    const [without, answerWithout] = await afterDeath('k3', undefined);
    rows.push(['claim, and A dies after the charge', without, 'killed', answerWithout]);
    const [withKey, answerWith] = await afterDeath('k4', 'k4');
    rows.push(['the same, and the provider gets the key too', withKey, 'killed', answerWith]);

    // The claimant is slow: its claim expires while it is at the provider, and B takes over.
    const overtaken = async (
      key: string,
      providerKey: string | undefined,
    ): Promise<[number, string, string]> => {
      const card = provider();
      let second = '';
      const first = await handle(a, key, 'h', async () => {
        const id = card.charge(providerKey);
        await db.query(`UPDATE request SET claimed_until = now() - interval '1 second' WHERE key = '${key}'`);
        second = await handle(b, key, 'h', () => Promise.resolve(card.charge(providerKey)));
        return id;
      });
      return [card.charges.length, first, second];
    };
    const slowWithout = await overtaken('k6', undefined);
    rows.push(['claim, and A is slow and is overtaken', ...slowWithout]);
    const slowWith = await overtaken('k7', 'k7');
    rows.push(['the same, and the provider gets the key too', ...slowWith]);
    fact('charges after a slow owner, no key at the provider', slowWithout[0]);
    fact('charges after a slow owner, same key at the provider', slowWith[0]);
    fact('two requests with one key', {
      columns: ['way', 'charges', 'A is answered', 'B is answered'],
      rows,
    });
    fact('charges when both looked first', rows[0]?.[1] ?? -1);
    fact('charges when the claim comes first', rows[1]?.[1] ?? -1);
    fact('charges after a death, no key at the provider', without);
    fact('charges after a death, same key at the provider', withKey);

    // The effect is a row in the same database: one transaction does it, and B waits.
    scene('The effect is in the same database: one transaction');
    const claim = `INSERT INTO request (key, body_hash, state, response) VALUES ('k5', 'h', 'done', 'paid') ON CONFLICT DO NOTHING`;
    await a.does('BEGIN');
    await a.does(claim);
    await a.does(`INSERT INTO payment (key) VALUES ('k5')`);
    await b.does('BEGIN');
    const waiting = await b.waits(claim);
    await a.does('COMMIT', { note: 'Key, payment and answer become visible in one moment.' });
    await waiting.outcome();
    await b.does(`SELECT response FROM request WHERE key = 'k5'`, {
      note: 'The stored answer. B does no work of its own.',
    });
    await b.does('COMMIT');
    fact(
      'payments when key and effect share a transaction',
      await db.value<number>(`SELECT count(*) FROM payment`),
    );
  },
});
