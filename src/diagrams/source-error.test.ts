import { describe, expect, test } from 'vitest';
import { quotedLine, sourceLine } from './source-error.ts';

describe('lines that a parser counts', () => {
  test('are those of the source when nothing was taken out', () => {
    expect([1, 2, 3].map((line) => sourceLine('pie\n "a": 1\n "b": 2', line))).toEqual([1, 2, 3]);
  });

  test('skip comments, with the blank lines before them', () => {
    const source = 'flowchart TB\n  %% id: a\n\n  %% caption: b\n  a --> b\n\n  b --> c';
    expect([1, 2, 3, 4].map((line) => sourceLine(source, line))).toEqual([1, 5, 6, 7]);
  });

  test('skip frontmatter and blank lines at the top', () => {
    expect(sourceLine('---\ntitle: x\n---\n%% c\n\npie\n "a": x', 2)).toBe(7);
  });

  test('keep directives, which are no comments', () => {
    expect(sourceLine('%%{init: {}}%%\npie', 2)).toBe(2);
  });

  test('end at the last line', () => {
    expect(sourceLine('pie\n "a": 1', 9)).toBe(2);
  });
});

test('a message without a line is placed by what it quotes', () => {
  const source = 'gantt\n  Task :a1, 2026-13-45, 3d\n  %% 2026-13-45\n  a';
  expect(quotedLine(source, 'Invalid date:2026-13-45')).toBe(2);
  expect(quotedLine(source, 'No parent could be found for ("a")')).toBe(4);
  expect(quotedLine('packet\n 9-11: "b"', 'Packet block 9 - 11 is not contiguous.')).toBe(2);
  expect(quotedLine(source, 'Something went wrong')).toBeUndefined();
});
