import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { clearCrowsFeet } from './crows-feet.ts';

function moved(line: string): string | null | undefined {
  const { document } = new JSDOM(`<svg>
    <marker id="one" refX="0" markerWidth="18"></marker><marker id="many" refX="57" markerWidth="57"></marker>
    <path class="relationshipLine" data-id="r" ${line}></path>
    <g class="edgeLabel" transform="translate(200, 150)"><g class="label" data-id="r"><text>has</text></g></g></svg>`)
    .window;
  const svg = document.querySelector('svg');
  if (!svg) throw new Error('no svg');
  clearCrowsFeet(svg);
  return svg.querySelector('.edgeLabel')?.getAttribute('transform');
}

test('a label moves to the middle of what the ends leave free', () => {
  // 100 px of line, 18 taken at its start and 57 at its end: the middle of the rest is 30.5 px along, not 50.
  expect(moved('d="M200 100L200 200" marker-start="url(#one)" marker-end="url(#many)"')).toBe(
    'translate(200,130.5)',
  );
});

test('around corners too', () => {
  expect(moved('d="M200 100L200 150L300 150" marker-end="url(#many)"')).toBe('translate(175,146.5)');
});

test('without symbols it stays', () => {
  expect(moved('d="M200 100L200 200"')).toBe('translate(200,150)');
});
