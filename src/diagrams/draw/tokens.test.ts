import { describe, expect, test } from 'vitest';
import { hsl } from 'd3-color';
import { hue, mark, markRgb, TOKENS, unmark, wash } from './tokens.ts';

describe.each(TOKENS)('%s', (token) => {
  test('comes back from its mark, however it is written', () => {
    expect(unmark(mark(token))).toEqual({ token, alpha: 1 });
    expect(unmark(markRgb(token))).toEqual({ token, alpha: 1 });
    expect(unmark(markRgb(token).replace('rgb', 'rgba').replace(')', ', 0.5)'))).toEqual({
      token,
      alpha: 0.5,
    });
  });
});

test('marks that Mermaid made lighter or darker are still known', () => {
  for (const token of TOKENS.slice(2))
    for (const lightness of [0.3, 0.6, 0.8]) {
      const { h, s } = hsl(mark(token));
      expect(unmark(`hsl(${h}, ${s * 100}%, ${lightness * 100}%)`)?.token).toBe(token);
    }
});

test.each(['#f00', 'red', '#333', 'none', 'url(#x)', '#fe02ff', 'rgb(255, 153, 157)'])(
  '%s is no mark',
  (colour) => {
    expect(unmark(colour)).toBeUndefined();
  },
);

test('series come round again, with their washes', () => {
  expect([hue(0), hue(6), hue(7), hue(-1)]).toEqual(['accent', 'danger', 'accent', 'danger']);
  expect([wash(0), wash(8)]).toEqual(['accent-wash', 'teal-wash']);
});
