import path from 'node:path';
import { lab, type Scalar } from '#labs/index.ts';
import { readRecords, type DecisionRecord } from './review-trigger/records.ts';

// #region verdict
/** Months until a measure that grows by a steady share reaches its limit. */
const monthsLeft = (now: number, { limit, growthAMonth }: DecisionRecord['trigger']): number =>
  Math.log(limit / now) / Math.log(1 + growthAMonth);

/** The value at which there is just enough time left to build the next design. */
const actAt = ({ limit, growthAMonth, leadMonths }: DecisionRecord['trigger']): number =>
  limit / (1 + growthAMonth) ** leadMonths;
// #endregion verdict

export default lab({
  title: 'Decision records that ask for their own review',
  claim:
    'A program that reads each record’s trigger against a measured number passes a decision that still has time, sends one to review whose lead time has begun although its limit is far, and refuses a record without owner and trigger.',
  engines: ['postgres'],
  async run({ postgres, fact }) {
    const db = await postgres();
    await db.query(
      'CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 60000); ANALYZE orders',
    );
    // Rows come from the catalogue, the rates stand for what a query to the metrics store would return.
    const measured = new Map<string, number>([
      [
        'rows of orders',
        await db.value<number>(`SELECT reltuples::int FROM pg_class WHERE oid = 'orders'::regclass`),
      ],
      ['peak requests a second', 75],
      ['jobs a second', 12],
    ]);
    const rows: Scalar[][] = [];
    for (const read of readRecords(path.join(import.meta.dirname, 'review-trigger/decisions'))) {
      if ('lacks' in read) {
        rows.push([read.number, null, null, null, null, `refused: no ${read.lacks.join(', no ')}`]);
        continue;
      }
      const { trigger } = read.record;
      const now = measured.get(trigger.measure) ?? NaN;
      const left = Math.round(monthsLeft(now, trigger) * 10) / 10;
      const due = now >= actAt(trigger);
      rows.push([
        read.number,
        now,
        trigger.limit,
        Math.round(actAt(trigger)),
        left,
        due ? `review: ${left} months left, ${trigger.leadMonths} needed` : 'stands',
      ]);
    }
    fact('The verdicts', {
      columns: ['record', 'now', 'limit', 'act at', 'months left', 'verdict'],
      rows,
    });
    fact('Act at, for one primary', rows[1]?.[3] ?? null, 'requests/s');
    fact('Months left for one primary', rows[1]?.[4] ?? null, 'months');
    fact('Months left for one table', rows[0]?.[4] ?? null, 'months');
    fact('Records that do not stand', rows.filter(([, , , , , verdict]) => verdict !== 'stands').length);
  },
});
