import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dataTable, layOut, niceTicks } from './plot.ts';
import type { Plot } from './result.ts';

const plot = (points: Plot['points'], more: Partial<Plot> = {}): Plot => ({
  name: 'p',
  x: 'rows',
  y: 'time',
  unit: 'ms',
  kind: 'line',
  points,
  ...more,
});

test('ticks are round, start at zero and cover the highest value', () => {
  expect(niceTicks(3, 97)).toEqual([0, 25, 50, 75, 100]);
  expect(niceTicks(0.1, 0.7)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
  expect(niceTicks(-4, 6)).toEqual([-5, -2.5, 0, 2.5, 5, 7.5]);
  expect(niceTicks(0, 0)).toEqual([0, 0.25]);
});

test('whatever the data, every point lies in the frame and a larger value stands higher', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.integer({ min: 1, max: 100000 }),
          fc.integer({ min: 0, max: 1e9 }).map((y) => y / 1000),
        ),
        {
          minLength: 2,
          maxLength: 20,
        },
      ),
      (points) => {
        const { lines, frame } = layOut(plot({ '': points }));
        const marks = lines[0]?.marks ?? [];
        const sorted = [...points].sort((a, b) => a[0] - b[0]);
        for (const [index, { x, y }] of marks.entries()) {
          expect(x).toBeGreaterThanOrEqual(frame.left - 0.1);
          expect(x).toBeLessThanOrEqual(frame.right + 0.1);
          expect(y).toBeGreaterThanOrEqual(frame.top - 0.1);
          expect(y).toBeLessThanOrEqual(frame.bottom + 0.1);
          const next = marks[index + 1];
          if (next && (sorted[index + 1]?.[1] ?? 0) > (sorted[index]?.[1] ?? 0))
            expect(next.y).toBeLessThanOrEqual(y);
        }
      },
    ),
  );
});

test('a wide range of x values is drawn on a logarithmic axis, a narrow one is not', () => {
  const wide = layOut(plot({ '': [[1000, 1], [10_000, 2], [100_000, 3]] })); // prettier-ignore
  expect(wide.logarithmic).toBe(true);
  const [a, b, c] = wide.xTicks.map(({ at }) => at);
  expect((b ?? 0) - (a ?? 0)).toBeCloseTo((c ?? 0) - (b ?? 0), 0);
  expect(layOut(plot({ '': [[1, 1], [8, 2]] })).logarithmic).toBe(false); // prettier-ignore
});

test('categories on the x axis of a line are refused', () => {
  expect(() => layOut(plot({ '': [['btree', 1]] }))).toThrow(/“p” has "btree" on its x axis/);
});

test('the data are also a table, with a gap where a line has no value', () => {
  expect(dataTable(plot({ one: [[1, 5], [2, 6]], two: [[2, 7]] }))).toEqual({ columns: ['rows', 'one', 'two'], rows: [[1, 5, null], [2, 6, 7]] }); // prettier-ignore
  expect(dataTable(plot({ '': [['a', 1]] }, { xUnit: 'k' })).columns).toEqual(['rows (k)', 'time (ms)']);
});

test('labels of the x axis never touch', () => {
  const points = Array.from({ length: 40 }, (_, index): readonly [number, number] => [index * index, 1]);
  const ticks = layOut(plot({ '': points })).xTicks.map(({ at }) => at);
  for (const [index, at] of ticks.entries())
    expect((ticks[index + 1] ?? Infinity) - at).toBeGreaterThanOrEqual(28);
  expect(ticks.length).toBeGreaterThan(4);
});
