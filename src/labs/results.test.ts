import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { versionsText, withUnit } from './format.ts';
import { hasLab, readResult, valueText } from './results.ts';
import type { Result } from './result.ts';
import { slug } from './slug.ts';

const root = mkdtempSync(path.join(tmpdir(), 'labs-results-'));
const guide = 'postgresql/sample';
const folder = path.join(root, 'src/labs', guide);
const recorded: Result = {
  title: 'T',
  claim: 'C',
  facts: [
    { name: 'On-call doctors (after)', value: 0 },
    { name: 'order', value: ['p1', 'p2'] },
    { name: 'table', value: { columns: ['a'], rows: [[1]] } },
    { name: 'plan', value: 'Limit\n  ->  Seq Scan' },
    { name: 'buffers', value: 2928, unit: 'pages' },
  ],
  holds: [],
  traces: [],
  measured: {
    on: '2026-01-02',
    with: {},
    machine: '',
    measures: [{ name: 'p99 of commit', value: 1.9, unit: 'ms' }],
    plots: [],
  },
};

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'lock.ts'), '');
  writeFileSync(path.join(folder, 'lock.result.json'), JSON.stringify(recorded));
  writeFileSync(path.join(folder, 'fresh.ts'), '');
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

test('facts and measures are named in kebab-case and come with their unit', () => {
  const result = readResult(guide, 'lock', root);
  expect(valueText(result, 'on-call-doctors-after', 'lock')).toBe('0');
  expect(valueText(result, 'buffers', 'lock')).toBe('2,928\u00a0pages');
  expect(valueText(result, 'p99-of-commit', 'lock')).toBe('1.9\u00a0ms');
  expect(valueText(result, 'order', 'lock')).toBe('p1, p2');
});

test.each([
  ['nothing', /no such value\. It has: on-call-doctors-after, order, table, plan, buffers, p99-of-commit\./],
  ['table', /“table” is a table, which does not fit into a sentence/],
  ['plan', /“plan” is a text of several lines/],
])('%s is refused, saying what there is', (name, message) => {
  expect(() => valueText(recorded, name, 'lock')).toThrow(message);
});

test('a lab that is missing or not recorded says how to mend it', () => {
  expect(() => readResult(guide, 'nowhere', root)).toThrow(
    /There is no lab nowhere of postgresql\/sample.*npm run new:lab -- postgresql\/sample\/nowhere/,
  );
  expect(() => readResult(guide, 'fresh', root)).toThrow(
    /npm run labs -- --record postgresql\/sample\/fresh/,
  );
  expect([hasLab(guide, 'fresh', root), hasLab(guide, 'nowhere', root)]).toEqual([true, false]);
});

test('names become kebab-case', () => {
  expect(slug('Zürich’s “p99” of 2 runs (ms)')).toBe('zurichs-p99-of-2-runs-ms');
});

test('numbers are grouped, and a unit never leaves its number', () => {
  expect(withUnit(1234567.5, 'req/s')).toBe('1,234,567.5\u00a0req/s');
  expect(withUnit(82, '%')).toBe('82%');
  expect(withUnit(3.1, '×')).toBe('3.1×');
  expect(withUnit(null)).toBe('null');
});

test('versions name the engines, and the runner’s own Node.js only when nothing else ran', () => {
  expect(versionsText({ 'Node.js': '26.9.0', PostgreSQL: '18.4' })).toBe('PostgreSQL 18.4');
  expect(versionsText({ 'Node.js': '26.9.0', 'Node.js 22': '22.23.3', 'Node.js 26': '26.9.0' })).toBe(
    'Node.js 22.23.3, Node.js 26.9.0',
  );
  expect(versionsText({ 'Node.js': '26.9.0' })).toBe('Node.js 26.9.0');
});
