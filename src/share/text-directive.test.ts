import { expect, test } from 'vitest';
import { textDirective } from './text-directive.ts';

test('a short quotation is named whole, its own syntax encoded', () => {
  expect(textDirective(' A read-only, cheap\u00a0way ')).toBe(':~:text=A%20read%2Donly%2C%20cheap%20way');
});

test('a long quotation, or one over several blocks, is named by its first and last words', () => {
  const long = Array.from({ length: 40 }, (_, index) => `word${index}`).join(' ');
  expect(textDirective(long)).toBe(':~:text=word0%20word1%20word2%20word3,word36%20word37%20word38%20word39');
  expect(textDirective('One heading\n\nand a paragraph under it')).toBe(
    ':~:text=One%20heading,a%20paragraph%20under%20it',
  );
});

test('nothing selected gives nothing', () => {
  expect(textDirective(' \n ')).toBeUndefined();
});
