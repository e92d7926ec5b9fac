import { PgBoss } from 'pg-boss';
import { lab } from '#labs/index.ts';

const zone = 'Europe/Berlin';

export default lab({
  title: '02:30 on the day that has none and on the day that has two',
  claim:
    'In Europe/Berlin a 02:30 job has no time on 29 March 2026 and two on 25 October: Temporal and pg-boss take the first of the two, PostgreSQL the second, and a daily job in UTC moves by an hour on the wall.',
  engines: ['postgres'],
  async run({ postgres, fact, defer }) {
    const db = await postgres();
    const boss = new PgBoss({ connectionString: db.url, schedule: false, supervise: false });
    boss.on('error', () => undefined);
    await boss.start();
    defer(() => boss.stop({ graceful: false }));

    // #region ask
    /** The moment that each of the three makes of 02:30 in Berlin on a day, in UTC. */
    const ask = async (day: string): Promise<[string, string, string]> => {
      const temporal = Temporal.PlainDateTime.from(`${day}T02:30`).toZonedDateTime(zone); // 'compatible'
      const postgres = await db.value<string>(
        `SELECT to_char(($1::timestamp AT TIME ZONE $2) AT TIME ZONE 'UTC', 'HH24:MI')`,
        [`${day} 02:30`, zone],
      );
      const from = new Date(`${day}T00:00:00Z`);
      const [boss1] = preview('30 2 * * *', from, 1);
      return [temporal.toInstant().toString().slice(11, 16), postgres, boss1 ?? ''];
    };
    // #endregion ask
    const preview = (cron: string, from: Date, count: number): string[] =>
      boss.previewSchedule(cron, { tz: zone, from, count }).map((at) => at.toISOString().slice(11, 16)); // prettier-ignore
    const days = [
      ['2026-03-28', 'an ordinary day'],
      ['2026-03-29', 'no 02:30'],
      ['2026-10-25', 'two 02:30'],
      ['2026-10-26', 'an ordinary day'],
    ] as const;
    const rows: string[][] = [];
    for (const [day, what] of days) rows.push([day, what, ...(await ask(day))]);
    fact('02:30 in Berlin, as UTC', {
      columns: ['day', 'it has', 'Temporal', 'PostgreSQL', 'pg-boss'],
      rows,
    });
    fact('the three agree on the day with two', new Set(rows[2]?.slice(2)).size === 1);

    // #region reject
    let refused = 0;
    for (const [day] of days)
      try {
        Temporal.PlainDateTime.from(`${day}T02:30`).toZonedDateTime(zone, { disambiguation: 'reject' });
      } catch {
        refused++; // a RangeError: the schedule's author has to decide
      }
    // #endregion reject
    fact('of four days, refused with disambiguation: reject', refused);

    // A job in UTC never skips and never doubles; the wall moves around it.
    const wall = (day: string): string =>
      Temporal.Instant.from(`${day}T00:30:00Z`).toZonedDateTimeISO(zone).toString().slice(11, 16);
    fact('00:30 UTC on the wall in Berlin on 1 July', wall('2026-07-01'));
    fact('00:30 UTC on the wall in Berlin on 1 December', wall('2026-12-01'));

    // Hours and days are not the same here.
    const noon = Temporal.PlainDateTime.from('2026-03-28T12:00').toZonedDateTime(zone);
    fact('12:00 on 28 March and one day', noon.add({ days: 1 }).toString().slice(11, 16));
    fact('12:00 on 28 March and 24 hours', noon.add({ hours: 24 }).toString().slice(11, 16));
    const halfHours = preview('*/30 * * * *', new Date('2026-10-24T23:59:00Z'), 6);
    fact('pg-boss, every half hour from 00:00 UTC on 25 October', halfHours);
  },
});
