import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('styles/tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);

/** Relative luminance (WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance). */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of two tokens in one theme (WCAG 2.2), 1 to 21. */
function contrast(front: string, back: string, theme: 'light' | 'dark'): number {
  const [a, b] = [front, back]
    .map((name) => luminance(tokens.get(name)?.[theme] ?? '#000000'))
    .sort((x, y) => y - x) as [number, number];
  return (a + 0.05) / (b + 0.05);
}

const hues = ['accent', 'danger', 'success', 'caution', 'violet', 'teal', 'magenta'];
const boards = ['board', 'board-raised', 'board-sunk'];
const pairs: [string, string, number][] = [
  ...boards.flatMap((board): [string, string, number][] => [
    ['ink', board, 7],
    ['ink-soft', board, 7],
    ['ink-faint', board, 4.5],
    ['rule-strong', board, 3],
    ...hues.map((hue): [string, string, number] => [hue, board, 4.5]),
  ]),
  ...hues.flatMap((hue): [string, string, number][] => [
    [hue, `${hue}-wash`, 4.5],
    ['ink', `${hue}-wash`, 7],
  ]),
  ['ink', 'highlight', 4.5],
];

test.each(pairs)('%s on %s has a contrast of at least %d:1 in both themes', (front, back, least) => {
  expect(contrast(front, back, 'light')).toBeGreaterThanOrEqual(least);
  expect(contrast(front, back, 'dark')).toBeGreaterThanOrEqual(least);
});
