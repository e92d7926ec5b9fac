import { expect, test } from 'vitest';
import { findBlocks } from './scan.ts';

test('finds Mermaid blocks with their lines, indentation taken off', () => {
  const text = [
    '---',
    'title: x',
    '---',
    '',
    '```mermaid',
    'flowchart TB',
    '  a --> b',
    '```',
    '- item',
    '',
    '  ~~~mermaid title',
    '  pie',
    '    "a": 1',
    '  ~~~',
  ].join('\n');
  expect(findBlocks(text)).toEqual([
    { source: 'flowchart TB\n  a --> b', line: 6 },
    { source: 'pie\n  "a": 1', line: 12 },
  ]);
});

test('leaves blocks inside other blocks, other languages and unclosed fences alone', () => {
  expect(findBlocks('````md\n```mermaid\npie\n```\n````')).toEqual([]);
  expect(findBlocks('```mermaids\npie\n```')).toEqual([]);
  expect(findBlocks('```mermaid\npie')).toEqual([]);
});
