import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isDraft } from './files.ts';
import { newGuide } from './new.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'new-guide-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

test('writes a draft for a question named by its words', () => {
  const file = newGuide(root, 'How would you scale Postgres horizontally', '2026-11-22');
  expect(file).toBe('src/content/docs/system-design/scaling-postgres.mdx');
  const source = readFileSync(path.join(root, file), 'utf8');
  expect(isDraft({ file, id: 'system-design/scaling-postgres', source })).toBe(true);
});

test('writes nothing when the words fit no question, or several', () => {
  expect(() => newGuide(root, 'blockchain', '2026-11-22')).toThrow('No question of the catalogue matches');
  expect(() => newGuide(root, 'Node.js', '2026-11-22')).toThrow('matches several questions');
  expect(existsSync(path.join(root, 'src'))).toBe(false);
});

test('never overwrites a guide', () => {
  newGuide(root, '7', '2026-11-22');
  expect(() => newGuide(root, '7', '2026-11-22')).toThrow('exists already');
});
