import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { Cascade, parseDeclarations, parseSheet, specificity, splitOutside } from './css.ts';

const { document } = new JSDOM('').window;

function element(markup: string): Element {
  document.body.innerHTML = markup;
  const found = document.querySelector('[data-test]');
  if (!found) throw new Error('the markup marks nothing');
  return found;
}

describe('reading', () => {
  test('declarations, with importance, without nonsense', () => {
    expect(parseDeclarations('fill:red; stroke : url("a;b") !important;undefined; x:undefined;y:')).toEqual([
      { property: 'fill', value: 'red', important: false },
      { property: 'stroke', value: 'url("a;b")', important: true },
    ]);
  });

  test('rules by selector, at-rules left out', () => {
    const rules = parseSheet('/* c */.a,.b:not(.c,.d){x:1}@keyframes k{from{y:2}to{y:3}}#e{z:4}');
    expect(rules.map(({ selector, order }) => [selector, order])).toEqual([
      ['.a', 0],
      ['.b:not(.c,.d)', 1],
      ['#e', 2],
    ]);
  });

  test('specificity', () => {
    expect(specificity('#a .b[c="d"] e')).toBe(10_201);
    expect(specificity('g.node:not(.x) > rect')).toBe(202);
  });

  test('cutting outside brackets and quotes', () => {
    expect(splitOutside('a(b,c),"d,e",f', ',')).toEqual(['a(b,c)', '"d,e"', 'f']);
  });
});

describe('what wins on an element', () => {
  const wins = (css: string, markup: string, property = 'fill') =>
    new Cascade(css).declared(element(markup), property);
  const rect = '<svg id="s"><g class="node hot"><rect class="a" data-test/></g></svg>';

  test.each([
    ['the later of two equals', '.a{fill:1}.a{fill:2}', rect, '2'],
    ['the more specific', '#s .a{fill:1}.a{fill:2}', rect, '1'],
    ['the important one', '.a{fill:1!important}#s .a{fill:2}', rect, '1'],
    [
      'a style attribute over rules',
      '#s .a{fill:1}',
      rect.replace('data-test', 'data-test style="fill:3"'),
      '3',
    ],
    [
      'an important rule over a style attribute',
      '.a{fill:1!important}',
      rect.replace('data-test', 'data-test style="fill:3"'),
      '1',
    ],
    [
      'an important style attribute over all',
      '#s .a{fill:1!important}',
      rect.replace('data-test', 'data-test style="fill:3!important"'),
      '3',
    ],
    [
      'a rule over a presentation attribute',
      '.a{fill:1}',
      rect.replace('data-test', 'data-test fill="4"'),
      '1',
    ],
    [
      'a presentation attribute when nothing else speaks',
      '.b{fill:1}',
      rect.replace('data-test', 'data-test fill="4"'),
      '4',
    ],
  ])('%s', (_, css, markup, expected) => {
    expect(wins(css, markup)).toBe(expected);
  });

  test('rules about moments and selectors that nobody can read do not count', () => {
    expect(wins('.a:hover{fill:1}.a::before{fill:2}.a{{fill:3}', rect)).toBeUndefined();
  });

  test('Mermaid’s custom properties are looked up, or fall back', () => {
    const markup = '<svg style="--mermaid-size: 14px"><text data-test></text></svg>';
    expect(wins('text{font-size:var(--mermaid-size, 12px)}', markup, 'font-size')).toBe('14px');
    expect(wins('text{font-size:var(--mermaid-other, 12px)}', markup, 'font-size')).toBe('12px');
  });
});
