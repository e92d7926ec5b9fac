import path from 'node:path';
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { roomFolder } from '../renderer.ts';
import { Measure } from './measure.ts';
import { Typeface } from './typeface.ts';

const { document } = new JSDOM('').window;
const board = new Typeface(path.join(roomFolder(), '../site/fonts/board.woff2'));
const measure = new Measure(board, 760);
const WIDTH = board.advance('order', 16);

function at(markup: string, selector = '#t') {
  document.body.innerHTML = `<svg>${markup}</svg>`;
  const element = document.querySelector(selector);
  if (!element) throw new Error(`nothing matches ${selector}`);
  return { snapshot: measure.of(document), element };
}

const bbox = (markup: string, selector?: string) => {
  const { snapshot, element } = at(markup, selector);
  return snapshot.bbox(element);
};

describe('text', () => {
  test.each([
    ['start', 100],
    ['middle', 100 - WIDTH / 2],
    ['end', 100 - WIDTH],
  ])('anchored at its %s', (anchor, left) => {
    const box = bbox(`<text id="t" x="100" y="50" text-anchor="${anchor}">order</text>`);
    expect(box.x).toBeCloseTo(left, 3);
    expect(box.y).toBe(35);
    expect(box.height).toBe(19);
  });

  test.each([
    ['central', 50 - 15 + (15 - 4) / 2],
    ['middle', 50 - 15 + (0.535 * 16) / 2],
    ['text-before-edge', 50],
    ['hanging', 50 - 15 + 12],
  ])('on its %s line', (baseline, top) => {
    expect(bbox(`<text id="t" y="50" dominant-baseline="${baseline}">order</text>`).y).toBeCloseTo(top, 4);
  });

  test('rows by dy in em', () => {
    const rows = '<text id="t"><tspan x="0" dy="1em">order</tspan><tspan x="0" dy="1.1em">x</tspan></text>';
    const box = bbox(rows);
    expect(box.y).toBeCloseTo(16 - 15, 4);
    expect(box.height).toBeCloseTo(17.6 + 19, 4);
  });

  test('white space is folded, unless it is to be kept', () => {
    const { snapshot, element } = at('<text id="t">  a \n  b  </text>');
    expect(snapshot.textLength(element)).toBeCloseTo(board.advance('a b', 16), 4);
    const kept = at('<text id="t" style="white-space:pre">a  b</text>');
    expect(kept.snapshot.textLength(kept.element)).toBeCloseTo(board.advance('a  b', 16), 4);
  });

  test('size from rules, in units of the parent', () => {
    const { snapshot, element } = at(
      '<style>g{font-size:20px}text{font-size:.5em}</style><g><text id="t">order</text></g>',
    );
    expect(snapshot.fontSize(element)).toBe(10);
    expect(snapshot.textLength(element)).toBeCloseTo(board.advance('order', 10), 4);
  });

  test('one tspan of several', () => {
    const { snapshot, element } = at('<text>an <tspan id="t">order</tspan> is</text>');
    expect(snapshot.textLength(element)).toBeCloseTo(WIDTH, 4);
  });

  test('empty text counts nothing, and with an empty tspan a point', () => {
    expect(bbox('<g id="t"><rect x="5" y="5" width="1" height="1"/><text></text></g>').x).toBe(5);
    expect(bbox('<g id="t"><rect x="5" y="5" width="1" height="1"/><text><tspan></tspan></text></g>').x).toBe(
      0,
    );
  });
});

describe('shapes', () => {
  test.each([
    ['rect', '<rect id="t" x="1" y="2" width="3" height="4"/>', [1, 2, 3, 4]],
    ['circle', '<circle id="t" cx="5" cy="6" r="2"/>', [3, 4, 4, 4]],
    ['ellipse', '<ellipse id="t" rx="3" ry="1"/>', [-3, -1, 6, 2]],
    ['line', '<line id="t" x1="5" y1="9" x2="1" y2="2"/>', [1, 2, 4, 7]],
    ['polygon', '<polygon id="t" points="0,0 4,1 2,8"/>', [0, 0, 4, 8]],
    ['path', '<path id="t" d="M1 1h4v5"/>', [1, 1, 4, 5]],
    ['nothing', '<rect id="t" width="0" height="9"/>', [0, 0, 0, 0]],
  ])('%s', (_, markup, [x, y, width, height]) => {
    expect(bbox(markup)).toEqual({ x, y, width, height });
  });

  test('a group holds its children, moved, and not what is hidden or only defined', () => {
    const markup = `<style>.off{display:none}</style><g id="t"><defs><rect width="999" height="9"/></defs>
      <rect class="off" width="999" height="9"/><g transform="translate(10,20)"><rect width="5" height="5"/></g></g>`;
    expect(bbox(markup)).toEqual({ x: 10, y: 20, width: 5, height: 5 });
  });

  test('a reference has the box of its target', () => {
    expect(bbox('<symbol><rect id="r" width="4" height="4"/></symbol><use id="t" href="#r" x="7"/>')).toEqual(
      {
        x: 7,
        y: 0,
        width: 4,
        height: 4,
      },
    );
  });

  test('places on the page come from all transforms above', () => {
    const { snapshot, element } = at(
      '<g transform="translate(10,0)"><g transform="scale(2)"><rect id="t" x="1" width="3" height="4"/></g></g>',
    );
    expect(snapshot.clientRect(element)).toEqual({ x: 12, y: 0, width: 6, height: 8 });
  });

  test('a picture within a picture is scaled to its place', () => {
    const { snapshot, element } = at(
      '<svg x="5" y="5" width="20" height="10" viewBox="0 0 10 10"><rect id="t" width="10" height="10"/></svg>',
    );
    expect(snapshot.clientRect(element)).toEqual({ x: 10, y: 5, width: 10, height: 10 });
  });
});
