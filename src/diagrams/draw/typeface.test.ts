import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { roomFolder } from '../renderer.ts';
import { Typeface } from './typeface.ts';

const board = new Typeface(path.join(roomFolder(), '../site/fonts/board.woff2'));
const LINE = 'CUSTOMER places lower-cased 12';

/** Measured in Chromium 156 by `getComputedTextLength` and `getBBox`. */
const IN_CHROMIUM = [
  { size: 10, width: 164.5, ascent: 10, height: 13 },
  { size: 12, width: 197.406, ascent: 11, height: 14 },
  { size: 14, width: 230.313, ascent: 13, height: 17 },
  { size: 16, width: 263.203, ascent: 15, height: 19 },
  { size: 18, width: 296.109, ascent: 17, height: 22 },
  { size: 24, width: 394.813, ascent: 23, height: 29 },
];

describe.each(IN_CHROMIUM)('at $size px', ({ size, width, ascent, height }) => {
  test('a line is as wide as in Chromium', () => {
    expect(Math.abs(board.advance(LINE, size) - width)).toBeLessThan(0.05);
  });

  test('a line is as tall as in Chromium', () => {
    const metrics = board.metrics(size);
    expect([metrics.ascent, metrics.ascent + metrics.descent]).toEqual([ascent, height]);
  });
});

test('a box holds the ink that leaves the line box, as in Chromium', () => {
  expect(board.extent('g', 13)).toMatchObject({ above: 12, below: 4 });
  expect(board.extent('a', 16).right).toBe(10);
  expect(board.extent('id', 16).right).toBeCloseTo(15.2, 1);
});

test('characters that the typeface lacks are given room', () => {
  expect(board.advance('漢', 16)).toBe(16);
  expect(board.advance('→', 16)).toBeGreaterThan(8);
  expect(board.advance('', 16)).toBe(0);
});
