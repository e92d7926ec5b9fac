import { expect, test } from 'vitest';
import { marksOf, phraseOf } from './excerpt.ts';

test.each([
  [
    'the first marked word and those after it',
    'a <mark>relay</mark> polls the outbox table for ever and ever',
    'relay polls the outbox table for',
  ],
  [
    'no further than the next sign',
    'Those get the <mark>outbox,</mark> and then more',
    'Those get the outbox',
  ],
  [
    'no further back than the last sign',
    'rows: 5; kills of the <mark>outbox</mark>; sent',
    'kills of the outbox',
  ],
  ['what the excerpt has cut', '…its <mark>changes</mark>', 'its changes'],
  ['nothing where a word stands alone', 'first: <mark>40001</mark>; second', ''],
  ['several marks', '<mark>write</mark> <mark>skew</mark> of two doctors', 'write skew of two doctors'],
  ['escaped text', '<mark>if</mark> (a &lt; b) stop', 'if (a < b)'],
  ['a sign before the mark', 'see (<mark>outbox</mark> relay) here', 'see (outbox relay)'],
  ['nothing when nothing is marked', 'no word', ''],
])('finds a place again by %s', (_, html, phrase) => {
  expect(phraseOf(html)).toBe(phrase);
});

test('tells what is marked', () => {
  expect(marksOf('a <mark>b</mark> c <mark>d,</mark>')).toEqual(['b', 'd']);
});
