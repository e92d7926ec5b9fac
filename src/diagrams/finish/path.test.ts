import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathBox, pathLength } from '../draw/geometry.ts';
import { simplifyPath } from './path.ts';

test.each([
  ['straight curves become lines', 'M0 0C1 1 2 2 3 3', 'M0 0L3 3'],
  ['lines in one go become one', 'M0 0L1 0L2 0L2 5', 'M0 0L2 0 2 5'],
  ['what is drawn twice is drawn once', 'M0 0L9 0M0 0L9 0', 'M0 0L9 0'],
  ['moves to where the pen is are dropped', 'M0 0L9 0M9 0L9 9', 'M0 0L9 0 9 9'],
  ['relative becomes absolute, rounded', 'm1 1l.123456 2h-4v1z', 'M1 1L1.12 3H-2.88V4Z'],
  ['arcs stay', 'M0 0A5 5 0 0 1 10 0', 'M0 0A5 5 0 0 1 10 0'],
  ['empty stays empty', '', ''],
])('%s', (_, d, expected) => {
  expect(simplifyPath(d)).toBe(expected);
});

test('a curve in short lines keeps its shape with a third of the points', () => {
  const round = Array.from(
    { length: 100 },
    (_, i) => [26 * Math.cos(i / 50), 26 * Math.sin(i / 50)] as const,
  );
  const [first = '', ...others] = round.map((point) => point.join(' '));
  const simple = simplifyPath(`M${first}${others.map((point) => `L${point}`).join('')}`);
  const kept = simple.match(/-?[\d.]+/g)?.map(Number) ?? [];
  expect(kept.length / 2).toBeLessThan(34);
  const radii = kept.flatMap((x, i) => (i % 2 ? [] : [Math.hypot(x, kept[i + 1] ?? 0)]));
  // The corners stay on the circle, and the middle of each line is near it.
  for (const radius of radii) expect(radius).toBeCloseTo(26, 1);
  for (let i = 0; i + 3 < kept.length; i += 2) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = kept.slice(i, i + 4);
    expect(26 - Math.hypot((x1 + x2) / 2, (y1 + y2) / 2)).toBeLessThan(0.07);
  }
});

test('outlines keep their box and length, and a second pass changes nothing', () => {
  const n = fc.integer({ min: -500, max: 500 });
  const step = fc.oneof(
    fc.tuple(n, n).map(([x, y]) => `L${x} ${y}`),
    n.map((x) => `H${x}`),
    n.map((y) => `V${y}`),
    fc.tuple(n, n, n, n, n, n).map((c) => `C${c.join(' ')}`),
  );
  fc.assert(
    fc.property(n, n, fc.array(step, { minLength: 1, maxLength: 6 }), (x, y, steps) => {
      const d = `M${x} ${y}${steps.join('')}`;
      // A stretch that is drawn twice counts once.
      fc.pre(new Set(steps).size === steps.length);
      const simple = simplifyPath(d);
      const [before, after] = [pathBox(d), pathBox(simple)];
      if (pathLength(d) === 0) return;
      expect(after?.width).toBeCloseTo(before?.width ?? NaN, 0);
      expect(after?.height).toBeCloseTo(before?.height ?? NaN, 0);
      expect(simplifyPath(simple)).toBe(simple);
    }),
  );
});
