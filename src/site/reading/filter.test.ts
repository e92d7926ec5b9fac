import { expect, test } from 'vitest';
import { type Filter, type Row, filterRows } from './filter.ts';

const row = (number: number, rest: Partial<Row>): Row => ({
  guide: `g/${number}`,
  number,
  category: 'nodejs',
  level: 'senior',
  tags: [],
  minutes: 20,
  verified: '2026-11-01',
  ...rest,
});
const rows = [
  row(3, {
    category: 'system-design',
    level: 'staff',
    tags: ['queues'],
    minutes: 25,
    verified: '2026-11-20',
  }),
  row(1, { tags: ['queues', 'locking'], minutes: 15 }),
  row(2, { minutes: 30 }),
];
const numbers = (filter: Filter, read: string[] = []) =>
  filterRows(rows, filter, new Set(read)).map(({ number }) => number);

test('shows all in the order they are asked, and ignores what nobody offers', () => {
  expect(numbers({})).toEqual([1, 2, 3]);
  expect(numbers({ minutes: 'soon', state: 'maybe', sort: 'luck' })).toEqual([1, 2, 3]);
});

test('every filter narrows', () => {
  expect(numbers({ category: 'nodejs', tag: 'queues' })).toEqual([1]);
  expect(numbers({ level: 'staff' })).toEqual([3]);
  expect(numbers({ minutes: '20' })).toEqual([1]);
  expect(numbers({ state: 'unread' }, ['g/1'])).toEqual([2, 3]);
  expect(numbers({ state: 'read' }, ['g/1'])).toEqual([1]);
});

test('sorts by time and by the day of verification', () => {
  expect(numbers({ sort: 'minutes' })).toEqual([1, 3, 2]);
  expect(numbers({ sort: 'verified' })).toEqual([3, 1, 2]);
});
