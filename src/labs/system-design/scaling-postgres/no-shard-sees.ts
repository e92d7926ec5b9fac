import { createHash } from 'node:crypto';
import { lab } from '#labs/index.ts';

const hash = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE(0);

export default lab({
  title: 'What no single shard can see',
  claim:
    'Two shards accept the same e-mail address; a claim routed by the address itself refuses the second. A page in time order over four shards reads every skipped row on each of them, and a sum taken between two commits misses money.',
  engines: ['postgres'],
  async run({ postgres, fact, scene, step }) {
    const shards: Awaited<ReturnType<typeof postgres>>[] = [];
    for (let n = 0; n < 4; n += 1) shards.push(await postgres());
    for (const shard of shards)
      await shard.query(`
        CREATE TABLE account (tenant int PRIMARY KEY, email text UNIQUE, balance int NOT NULL DEFAULT 100);
        CREATE TABLE email_claim (email text PRIMARY KEY, tenant int NOT NULL);
        CREATE TABLE post (at int PRIMARY KEY, tenant int NOT NULL)`);
    const at = (index: number): (typeof shards)[number] => {
      const shard = shards[index % 4];
      if (!shard) throw new Error(`There is no shard ${index}.`);
      return shard;
    };
    const home = (tenant: number): (typeof shards)[number] => at(tenant);

    scene('UNIQUE holds within one shard');
    const insert = 'INSERT INTO account (tenant, email) VALUES ($1, $2)';
    const one = await home(1).outcome(insert, [1, 'ann@example.com']);
    const two = await home(2).outcome(insert, [2, 'ann@example.com']);
    step({ who: 'Shard 1', does: `INSERT … 'ann@example.com'`, result: one.tag });
    step({
      who: 'Shard 2',
      does: `INSERT … 'ann@example.com'`,
      result: two.tag,
      outcome: 'fails',
      note: 'Its index has never seen the first.',
    });
    fact(
      'accounts with one address',
      (
        await Promise.all(
          shards.map((shard) =>
            shard.value<number>(`SELECT count(*) FROM account WHERE email = 'ann@example.com'`),
          ),
        )
      ).reduce((a, b) => a + b),
    );

    scene('A claim on the shard that the address chooses');
    // #region claim
    /** The claim is committed first; a crash after it leaves a claim without an account, which a job removes. */
    async function claim(email: string, tenant: number): Promise<string> {
      const keeper = at(hash(email)); // routed by the address, whoever asks
      const { tag } = await keeper.outcome('INSERT INTO email_claim VALUES ($1, $2)', [email, tenant]);
      return tag;
    }
    const first = await claim('bob@example.com', 3);
    const second = await claim('bob@example.com', 4);
    // #endregion claim
    step({ who: 'Keeper', does: `claim 'bob@example.com' for tenant 3`, result: first });
    step({ who: 'Keeper', does: `claim 'bob@example.com' for tenant 4`, result: second, outcome: 'fails' });
    fact('second claim of one address', second);

    scene('One page over four shards');
    for (const [index, shard] of shards.entries())
      await shard.query('INSERT INTO post SELECT g * 4 + $1, $1 FROM generate_series(1, 5000) g', [index]);
    // #region page
    /** Rows that the shards send for one page of ten in time order, and the page. */
    const page = async (
      where: string,
      limit: number,
      skip: number,
    ): Promise<{ sent: number; page: number[] }> => {
      const answers = await Promise.all(
        shards.map((shard) =>
          shard.query<{ at: number }>(`SELECT at FROM post ${where} ORDER BY at DESC LIMIT ${limit}`),
        ),
      );
      const all = answers
        .flat()
        .map((row) => row.at)
        .sort((a, b) => b - a);
      return { sent: all.length, page: all.slice(skip, skip + 10) };
    };
    const byOffset = await page('', 1000 + 10, 1000); // no shard knows which 1,000 to skip
    const last = (byOffset.page[0] ?? 0) + 1;
    const byKey = await page(`WHERE at < ${last}`, 10, 0);
    // #endregion page
    step({ who: 'Router', does: 'OFFSET 1000 LIMIT 10', result: `${byOffset.sent} rows to keep 10` });
    step({ who: 'Router', does: 'after the last key, LIMIT 10', result: `${byKey.sent} rows to keep 10` });
    fact('rows sent for ten, by OFFSET 1000', byOffset.sent);
    fact('rows sent for ten, by the last key', byKey.sent);
    fact('both give the same page', byOffset.page.join() === byKey.page.join());

    scene('A transfer, and a report between its two commits');
    const sum = async (): Promise<number> =>
      (
        await Promise.all([
          home(1).value<number>('SELECT balance FROM account'),
          home(2).value<number>('SELECT balance FROM account'),
        ])
      ).reduce((a, b) => a + b);
    const before = await sum();
    await home(1).query('UPDATE account SET balance = balance - 30');
    const between = await sum();
    await home(2).query('UPDATE account SET balance = balance + 30');
    step({ who: 'Shard 1', does: 'balance − 30; COMMIT' });
    step({
      who: 'Report',
      does: 'sum over both shards',
      result: `${between}`,
      outcome: 'fails',
      note: 'There is no snapshot of two servers.',
    });
    step({ who: 'Shard 2', does: 'balance + 30; COMMIT', result: `sum ${await sum()}` });
    fact('sum before the transfer', before);
    fact('sum between the two commits', between);
  },
});
