import path from 'node:path';
import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { Measure } from '../draw/measure.ts';
import { Typeface } from '../draw/typeface.ts';
import { roomFolder } from '../renderer.ts';
import { checkLabels, textBox } from './check.ts';

const measure = new Measure(new Typeface(path.join(roomFolder(), '../site/fonts/board.woff2')), 760);

function svgOf(markup: string): SVGSVGElement {
  const { document } = new JSDOM(`<svg>${markup}</svg>`).window;
  const svg = document.querySelector('svg');
  if (!svg) throw new Error('no svg');
  return svg;
}

function faults(markup: string): string[] {
  const svg = svgOf(markup);
  return checkLabels(svg, measure.of(svg.ownerDocument)).map(({ message }) => message);
}

const box = (width: number, height = 40) =>
  `<rect x="0" y="0" width="${width}" height="${height}" fill="var(--board)"/>`;
const text = (words: string, x: number, y: number, more = '') =>
  `<text x="${x}" y="${y}" text-anchor="middle" ${more}>${words}</text>`;

test.each([
  ['a label in its box', box(120) + text('API gateway', 60, 25)],
  ['a label beside a box', box(20) + text('API gateway', 200, 25)],
  ['a long label over a thin bar', box(10, 200) + text('a message that goes across', 5, 100)],
  ['two lines, one under the other', text('one', 50, 20) + text('two', 50, 38)],
  ['letters and the rim under them', text('one', 50, 20, 'stroke="var(--board)"') + text('one', 50, 20)],
  ['a frame around, drawn later', text('one', 50, 20) + box(100).replace('var(--board)', 'none')],
  ['a clip box', `<clipPath id="c">${box(10)}</clipPath>${text('API gateway', 5, 25)}`],
])('%s is fine', (_, markup) => {
  expect(faults(markup)).toEqual([]);
});

test.each([
  [
    'a label in the colour of its box',
    box(120) + text('API gateway', 60, 25, 'fill="var(--board)"'),
    'label "API gateway" has the colour of its shape',
  ],
  [
    'a label wider than its box',
    box(60) + text('API gateway', 30, 25),
    'label "API gateway" does not fit into its shape: shorten it, or break it with <br>',
  ],
  [
    'a label on the edge of its box',
    box(120) + text('API gateway', 60, 44),
    'label "API gateway" does not fit into its shape: shorten it, or break it with <br>',
  ],
  ['a label under a shape', text('API gateway', 60, 25) + box(120), 'label "API gateway" lies under a shape'],
  [
    'labels across each other',
    text('first label', 60, 25) + text('second', 80, 28),
    'labels "first label" and "second" overlap',
  ],
  [
    'a turned label across another',
    text('first label', 0, 0, 'transform="rotate(45)"') + text('second', 10, 12),
    'labels "first label" and "second" overlap',
  ],
])('%s is told', (_, markup, message) => {
  expect(faults(markup)).toEqual([message]);
});

test('the box around all text reaches as far as the text', () => {
  const svg = svgOf(
    '<g transform="translate(100,0)"><text y="15">order</text></g><text x="-50" y="15">x</text>',
  );
  const around = textBox(svg, measure.of(svg.ownerDocument));
  expect(around?.x).toBe(-50);
  expect((around?.x ?? 0) + (around?.width ?? 0)).toBeGreaterThan(130);
  expect(textBox(svgOf('<g></g>'), measure.of(svg.ownerDocument))).toBeUndefined();
});
