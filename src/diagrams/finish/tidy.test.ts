import path from 'node:path';
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { Measure } from '../draw/measure.ts';
import { Typeface } from '../draw/typeface.ts';
import { roomFolder } from '../renderer.ts';
import {
  centreStateLabels,
  cutLifelines,
  dropForeign,
  joinWords,
  mergeOutlines,
  openGroups,
  resolvePercentages,
  tidyAttributes,
} from './tidy.ts';

function after(change: (svg: SVGSVGElement) => void, markup: string): string {
  const { document } = new JSDOM(`<svg viewBox="0 0 200 100">${markup}</svg>`).window;
  const svg = document.querySelector('svg');
  if (!svg) throw new Error('no svg');
  change(svg);
  return svg.innerHTML.replaceAll(/><\/(?:rect|line|path|circle|stop)>/g, '/>');
}

test('what a still page must not hold goes', () => {
  const markup =
    '<title>t</title><desc>d</desc><script>x()</script><line class="today"/><a href="https://x.org"><text>a</text></a><switch><foreignObject></foreignObject><text>b</text></switch>';
  expect(after(dropForeign, markup)).toBe('<text>a</text><switch><text>b</text></switch>');
});

test('blended labels come to the top', () => {
  expect(after(dropForeign, '<g class="node-labels"></g><g class="links"></g>')).toBe(
    '<g class="links"></g><g class="node-labels"></g>',
  );
});

test('percentages become numbers of the picture, except in definitions', () => {
  expect(
    after(
      resolvePercentages,
      '<text x="50%" y="10%"></text><linearGradient x1="0%" x2="100%"><stop offset="50%"/></linearGradient>',
    ),
  ).toBe(
    '<text x="100" y="10"></text><linearGradient x1="0%" x2="100%"><stop offset="50%"/></linearGradient>',
  );
});

test('lifelines end with the picture', () => {
  expect(after(cutLifelines, '<line class="actor-line" y2="2000"/><line y2="2000"/>')).toBe(
    '<line class="actor-line" y2="100"/><line y2="2000"/>',
  );
});

describe('attributes', () => {
  test('only those that draw are kept, rounded', () => {
    expect(
      after(
        tidyAttributes,
        '<rect data-look="classic" onclick="x()" x="1.23456" width="3" height="2.5" data-part="1"/>',
      ),
    ).toBe('<rect x="1.23" width="3" height="2.5" data-part="1"/>');
  });

  test('boxes without size are dropped', () => {
    expect(after(tidyAttributes, '<rect width="0" height="4"/><rect/><rect width="1" height="1"/>')).toBe(
      '<rect width="1" height="1"/>',
    );
  });

  test('colours keep their digits', () => {
    expect(after(tidyAttributes, '<path fill="#123456" d="M0 0L1 1"/>')).toContain('#123456');
  });
});

describe('words', () => {
  test('that look alike join, others do not', () => {
    expect(
      after(
        joinWords,
        '<text><tspan x="0"><tspan>An</tspan><tspan> order</tspan></tspan><tspan fill="a">b</tspan><tspan fill="a">c</tspan></text>',
      ),
    ).toBe('<text><tspan x="0">An order</tspan><tspan fill="a">bc</tspan></text>');
  });

  test('with places of their own stay apart', () => {
    const rows = '<text><tspan x="0" dy="1em">a</tspan><tspan x="0" dy="1em">b</tspan></text>';
    expect(after(joinWords, rows)).toBe(rows);
  });
});

test('a fill and its outline become one path', () => {
  const markup =
    '<g><path d="M0 0L9 0 9 9 0 9" fill="a"/><path d="M0 0L9 0 9 9 0 9 0 0" fill="none" stroke="b" stroke-width="2"/></g>';
  expect(after(mergeOutlines, markup)).toBe(
    '<g><path d="M0 0L9 0 9 9 0 9 0 0" fill="a" stroke="b" stroke-width="2"/></g>',
  );
});

test('different outlines stay two paths', () => {
  const markup = '<g><path d="M0 0L9 0 9 9" fill="a"/><path d="M0 0L9 0" fill="none" stroke="b"/></g>';
  expect(after(mergeOutlines, markup)).toBe(markup);
});

test('groups that say nothing open, empty ones go, what is only defined stays defined', () => {
  expect(
    after(
      openGroups,
      '<g><g transform="x"><rect/></g><g></g></g><defs><marker></marker></defs><defs><path/></defs>',
    ),
  ).toBe('<g transform="x"><rect/></g><marker></marker><defs><path/></defs>');
});

test('the lines of a state’s label are centred', () => {
  const typeface = new Typeface(path.join(roomFolder(), '../site/fonts/board.woff2'));
  const label = (rows: string) =>
    `<g class="statediagram-state"><g class="label" transform="translate(-60, -9)"><text>${rows}</text></g></g>`;
  const centre = (svg: SVGSVGElement) => {
    centreStateLabels(svg, new Measure(typeface, 760).of(svg.ownerDocument));
  };
  const two = '<tspan class="row" x="0">wide line</tspan><tspan class="row" x="0" dy="1em">b</tspan>';
  const x = -60 + typeface.extent('wide line', 16).right / 2;
  const out = after(centre, label(two));
  expect(out).toContain('text-anchor="middle"');
  expect(Number(/translate\(([-\d.]+)/.exec(out)?.[1])).toBeCloseTo(x, 3);
  const one = label('<tspan class="row" x="0">a</tspan>');
  expect(after(centre, one)).toBe(one);
});
