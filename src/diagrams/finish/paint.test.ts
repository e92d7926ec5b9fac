import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { mark } from '../draw/tokens.ts';
import { paint } from './paint.ts';

function painted(markup: string): SVGSVGElement {
  const { document } = new JSDOM(`<svg id="d">${markup}</svg>`).window;
  const svg = document.querySelector('svg');
  if (!svg) throw new Error('no svg');
  paint(svg);
  return svg;
}

const inside = (markup: string) => painted(markup).innerHTML.replaceAll(/><\/(?:rect|line|path)>/g, '/>');

test('no style sheet, class or style attribute is left', () => {
  const svg = painted(
    `<style>#d{font-size:14px;fill:${mark('ink')}}#d .a rect{fill:${mark('teal-wash')};stroke:${mark('teal')}}</style>
    <g class="a" style="opacity:.5"><rect class="b" style="stroke-width:2px"/></g>`,
  );
  expect(svg.outerHTML).not.toMatch(/style|class/);
  expect(svg.getAttribute('font-size')).toBe('14');
  expect(svg.getAttribute('fill')).toBe('var(--ink)');
  expect(svg.querySelector('g')?.getAttribute('opacity')).toBe('.5');
  const rect = svg.querySelector('rect');
  expect(rect?.getAttribute('fill')).toBe('var(--teal-wash)');
  expect(rect?.getAttribute('stroke')).toBe('var(--teal)');
  expect(rect?.getAttribute('stroke-width')).toBe('2');
});

test('rules about neighbours hold although classes go', () => {
  expect(
    inside(
      `<style>.a + .b{opacity:.3}</style><g class="a"><path d="M0 0"/></g><g class="b"><path d="M0 0"/></g>`,
    ),
  ).toContain('opacity=".3"');
});

describe('what says nothing is left out', () => {
  test('values that the parent has', () => {
    expect(inside('<g text-anchor="middle"><text style="text-anchor:middle">a</text></g>')).toBe(
      '<g text-anchor="middle"><text>a</text></g>',
    );
  });

  test('the details of a line that is not there', () => {
    expect(inside('<rect stroke="none" stroke-width="3" stroke-dasharray="2 2" fill="none"/>')).toBe(
      '<rect fill="none"/>',
    );
    expect(inside(`<rect stroke="${mark('ink')}" stroke-width="0" fill="none"/>`)).toBe(
      '<rect fill="none"/>',
    );
  });

  test('but not where a marker hangs on it', () => {
    expect(inside('<line stroke-width="0" marker-end="url(#m)"/>')).toContain('stroke-width="0"');
  });

  test('dashes without gaps', () => {
    expect(inside(`<path stroke="${mark('ink')}" stroke-dasharray="0 0" fill="none"/>`)).toBe(
      '<path fill="none" stroke="var(--ink)"/>',
    );
  });

  test('hidden elements', () => {
    expect(inside('<style>.x{display:none}</style><g class="x"><text>gone</text></g>')).toBe('');
  });
});

test('sizes become px', () => {
  expect(inside('<style>text{font-size:1.5em}</style><g font-size="12px"><text>a</text></g>')).toContain(
    'font-size="18"',
  );
});

test('the colour of text around is the current colour', () => {
  expect(
    inside(`<g style="color:${mark('danger')}"><path stroke="currentColor" fill="none"/></g>`),
  ).toContain('stroke="var(--danger)"');
});

test('see-through colours become a colour and an opacity', () => {
  expect(inside('<rect fill="rgba(254, 1, 12, 0.5)"/>')).toBe(
    '<rect fill="var(--teal)" fill-opacity="0.5"/>',
  );
});

test('a transform about a point is written out', () => {
  expect(
    inside(
      '<style>rect{transform:rotate(45deg) scale(0.8,0.8)}</style><rect transform-origin="10px 20px" fill="none"/>',
    ),
  ).toContain('transform="translate(10 20) rotate(45) scale(0.8,0.8) translate(-10 -20)"');
});
