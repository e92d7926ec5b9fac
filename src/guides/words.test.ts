import { expect, test } from 'vitest';
import { countWords, readingMinutes } from './words.ts';

test.each([
  ['', 0],
  ['Retry the whole transaction.', 4],
  ['It doesn’t block 25 readers — at 3.5 ms.', 8],
  ['Error 40001[^docs] ends [lab:ssi/aborted] of them.', 6],
  ['See [the manual](https://example.org/a/b).', 3],
  ['`SELECT … FOR UPDATE` waits', 4],
])('%j has %i words', (text, count) => {
  expect(countWords(text)).toBe(count);
});

test('reading takes a minute for every 220 words, and never less than one', () => {
  expect([readingMinutes(10), readingMinutes(440), readingMinutes(3000)]).toEqual([1, 2, 14]);
});
