import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { mark } from '../draw/tokens.ts';
import { recolour, roleOf } from './colour.ts';

test.each([
  ['a mark', mark('teal'), 'line', 'var(--teal)', 1],
  ['a see-through mark', 'rgba(254, 1, 4, 0.25)', 'fill', 'var(--ink)', 0.25],
  ['nothing', 'none', 'fill', 'none', 1],
  ['transparent', 'transparent', 'fill', 'none', 1],
  ['a reference', 'url(#g)', 'fill', 'url(#g)', 1],
  ['dark grey letters', '#333', 'text', 'var(--ink)', 1],
  ['white letters', 'white', 'text', 'var(--ink)', 1],
  ['a white rim', '#fff', 'rim', 'var(--board)', 1],
  ['a grey line', '#666', 'line', 'var(--ink-soft)', 1],
  ['a faint line', '#ddd', 'line', 'var(--rule)', 1],
  ['a white area', '#ffffff', 'fill', 'var(--board-raised)', 1],
  ['a red line', 'red', 'line', 'var(--danger)', 1],
  ['a pale red area', '#ffe0e0', 'fill', 'var(--danger-wash)', 1],
  ['a strong area under a label', '#996699', 'ground', 'var(--magenta-wash)', 1],
  ['a strong area', 'steelblue', 'fill', 'var(--accent)', 1],
  ['a green', 'hsla(120, 60%, 40%, 0.5)', 'fill', 'var(--success)', 0.5],
] as const)('%s', (_, colour, role, paint, alpha) => {
  expect(recolour(colour, role)).toEqual({ paint, alpha });
});

describe('what a colour is for', () => {
  const { document } = new JSDOM(
    '<svg><g class="node"><rect/><text>a<tspan>b</tspan></text></g><g class="node"><circle/></g></svg>',
  ).window;
  test.each([
    ['rect', 'fill', 'ground'],
    ['rect', 'stroke', 'line'],
    ['circle', 'fill', 'fill'],
    ['text', 'fill', 'text'],
    ['tspan', 'stroke', 'rim'],
  ])('%s %s', (selector, property, role) => {
    const element = document.querySelector(selector);
    expect(element && roleOf(element, property)).toBe(role);
  });
});
