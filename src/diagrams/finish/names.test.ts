import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { shortenNames, withPrefix } from './names.ts';

function shortened(markup: string): string {
  const { document } = new JSDOM(`<svg id="drawing">${markup}</svg>`).window;
  const svg = document.querySelector('svg');
  if (!svg) throw new Error('no svg');
  shortenNames(svg);
  return svg.innerHTML;
}

test('names that are used become short and get the page’s prefix; others go', () => {
  const markup = shortened(
    '<marker id="drawing-arrow"></marker><marker id="unused"></marker><g id="node-1"></g><path marker-end="url(#drawing-arrow)"></path><use href="#icon"></use><symbol id="icon"></symbol>',
  );
  expect(withPrefix(markup, 'p')).toBe(
    '<marker id="p-0"></marker><g></g><path marker-end="url(#p-0)"></path><use href="#p-1"></use><symbol id="p-1"></symbol>',
  );
});

test('quoted references are found', () => {
  expect(withPrefix(shortened('<filter id="f"></filter><g mask=\'url("#f")\'></g>'), 'p')).toBe(
    '<filter id="p-0"></filter><g mask="url(#p-0)"></g>',
  );
});
