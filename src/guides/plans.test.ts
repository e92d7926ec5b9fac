import { expect, test } from 'vitest';
import { planQuery, plans, spokenTime } from './plans.ts';

test('minutes are said as minutes until they are hours', () => {
  expect([10, 119.4, 120, 538].map(spokenTime)).toEqual(['10 minutes', '119 minutes', '2 hours', '9 hours']);
});

test('an address within a plan names the plan and its depth, a full one too', () => {
  expect(plans.map(planQuery)).toEqual([
    '?plan=ten-minutes&depth=30s',
    '?plan=an-hour&depth=2m',
    '?plan=a-week&depth=full',
  ]);
});
