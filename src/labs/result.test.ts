import { expect, test } from 'vitest';
import type { Reporting } from './definition.ts';
import { differencesText } from './report.ts';
import { compare, recorder, round, serialise, tableText, type Result } from './result.ts';

const resultOf = (run: (report: Reporting) => void, on = '2026-01-02'): Result => {
  const record = recorder({ title: 'T', claim: 'C' }, { on, machine: '2 CPUs' });
  record.used('PostgreSQL', '18.4');
  run(record);
  return record.finish().result;
};

test('what a lab reports is recorded in order, with measurements rounded', () => {
  const result = resultOf(({ fact, measure, holds, step, series }) => {
    fact('rows', 3, 'rows');
    measure('time', 1.23456, 'ms');
    holds('a < b', true);
    step({ who: 'T1', does: 'BEGIN' });
    series('s', { x: 'clients', y: 'rate', points: [[1, 10.4567], [2, 20]] }); // prettier-ignore
  });
  expect(result).toEqual({
    title: 'T',
    claim: 'C',
    facts: [{ name: 'rows', value: 3, unit: 'rows' }],
    holds: ['a < b'],
    traces: [{ title: '', steps: [{ who: 'T1', does: 'BEGIN' }] }],
    measured: {
      on: '2026-01-02',
      with: { PostgreSQL: '18.4' },
      machine: '2 CPUs',
      measures: [{ name: 'time', value: 1.23, unit: 'ms' }],
      plots: [{ name: 's', x: 'clients', y: 'rate', kind: 'line', points: { '': [[1, 10.5], [2, 20]] } }],
    },
  }); // prettier-ignore
});

test.each([
  [0.0012345, 0.00123],
  [302.4, 302],
  [10_456.7, 10_500],
])('%d is measured as %d', (value, rounded) => {
  expect(round(value)).toBe(rounded);
});

test('a file keeps its order of keys however the object was made, and measured parts stand together', () => {
  const result = resultOf(({ fact }) => { fact('a', 1); }); // prettier-ignore
  const { title, claim, facts, holds, traces, measured } = result;
  expect(serialise({ measured, traces, holds, facts, claim, title })).toBe(serialise(result));
  const later = resultOf(({ fact }) => { fact('a', 1); }, '2027-03-04'); // prettier-ignore
  expect(serialise(later).split('"measured"')[0]).toBe(serialise(result).split('"measured"')[0]);
});

test('other times, versions, dates and measured values are no difference', () => {
  const before = resultOf(({ measure, series }) => {
    measure('time', 1, 'ms');
    series('s', { x: 'n', y: 't', points: [[1, 5]] }); // prettier-ignore
  });
  const after = resultOf(({ measure, series }) => {
    measure('time', 99, 'ms');
    series('s', { x: 'n', y: 't', points: [[1, 77]] }); // prettier-ignore
  }, '2030-01-01');
  expect(
    compare(before, { ...after, measured: { ...after.measured, with: { PostgreSQL: '19.1' } } }),
  ).toEqual([]);
});

test('a changed fact is named with what was recorded and what was seen', () => {
  const before = resultOf(({ fact }) => { fact('on call', 0); fact('order', ['a', 'b']); }); // prettier-ignore
  const after = resultOf(({ fact }) => { fact('on call', 1); fact('order', ['b', 'a']); }); // prettier-ignore
  expect(differencesText(compare(before, after))).toBe(
    [
      'fact “on call”',
      '  recorded  0',
      '  seen      1',
      'fact “order”',
      '  recorded  ["a","b"]',
      '  seen      ["b","a"]',
    ].join('\n'),
  );
});

test('tables, texts and traces differ line by line', () => {
  const facts = (second: string): Result =>
    resultOf(({ fact, step }) => {
      fact('levels', { columns: ['level', 'ends'], rows: [['RR', 'COMMIT'], ['SER', second]] }); // prettier-ignore
      step({ who: 'T1', does: 'BEGIN' });
      step({ who: 'T2', does: 'COMMIT', result: second });
    });
  const text = differencesText(compare(facts('40001'), facts('COMMIT')));
  expect(text).toContain('    RR     COMMIT\n  - SER    40001\n  + SER    COMMIT');
  expect(text).toContain('    T1: BEGIN\n  - T2: COMMIT → 40001\n  + T2: COMMIT → COMMIT');
});

test('what is new or gone is a difference, for measurements and plots by name and unit', () => {
  const before = resultOf(({ fact, measure }) => { fact('gone', 1); measure('t', 1, 'ms'); }); // prettier-ignore
  const after = resultOf(({ holds, measure }) => { holds('new', true); measure('t', 1, 's'); }); // prettier-ignore
  expect(compare(before, after)).toEqual([
    { what: 'fact “gone”', expected: '1' },
    { what: 'statement “new”', seen: 'holds' },
    { what: 'measure “t”', expected: 'in ms', seen: 'in s' },
  ]);
});

test('the values of an exact series are compared, and the x values of every series', () => {
  const of = (exact: boolean, x: number, y: number): Result => resultOf(({ series }) => { series('s', { x: 'n', y: 't', exact, points: [[x, y]] }); }); // prettier-ignore
  expect(compare(of(true, 1, 5), of(true, 1, 6))).toHaveLength(1);
  expect(compare(of(false, 1, 5), of(false, 1, 6))).toHaveLength(0);
  expect(compare(of(false, 1, 5), of(false, 2, 5))).toHaveLength(1);
});

test.each<[string, (report: Reporting) => void, RegExp]>([
  ['the same name twice', ({ fact, measure }) => { fact('On call', 1); measure('on call', 1, 'ms'); }, /Two results are named “on call”/],
  ['no number', ({ fact }) => { fact('x', Number.NaN); }, /“x” holds NaN/],
  ['an object', ({ fact }) => { fact('x', new Date() as unknown as string); }, /“x” holds a value of type object/],
  ['a row of the wrong length', ({ fact }) => { fact('x', { columns: ['a', 'b'], rows: [[1]] }); }, /2 columns, but a row of 1/],
  ['a measure that is infinite', ({ measure }) => { measure('x', Infinity, 'ms'); }, /Infinity, which is not a finite number/],
  ['a series without points', ({ series }) => { series('x', { x: 'a', y: 'b', points: [] }); }, /has no points/],
])('%s is refused', (_, run, message) => {
  expect(() => resultOf(run)).toThrow(message);
}); // prettier-ignore

test('tables are aligned', () => {
  expect(tableText({ columns: ['a', 'level'], rows: [['long one', null]] })).toBe(
    'a         level\n────────  ─────\nlong one  –',
  );
});
