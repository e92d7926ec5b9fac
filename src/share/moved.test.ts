import { expect, test } from 'vitest';
import { withMovedAnchors } from './moved.ts';

test('a renamed place keeps its old name as well', () => {
  expect(withMovedAnchors('<p>a</p><h3 class="x" id="now">b</h3>', { old: 'now' })).toBe(
    '<p>a</p><span id="old"></span><h3 class="x" id="now">b</h3>',
  );
});

test('a line whose new place does not stand on the page says how to mend it', () => {
  expect(() => withMovedAnchors('<p id="nowhere"></p>', { old: 'now' })).toThrow(/moved\.ts: “old”/);
});
