import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { Cache } from './cache.ts';
import type { Drawing } from './draw/request.ts';

const drawing: Drawing = {
  kind: 'pie',
  body: '<g/>',
  viewBox: '0 0 1 1',
  width: 1,
  height: 1,
  smallestText: 16,
  faults: [],
};
let folder: string;
const entry = () => path.join(folder, readdirSync(folder)[0] ?? '');

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'diagrams-cache-'));
});

test('keeps a drawing for its request and its salt', () => {
  new Cache(folder, 'v1').set('a', drawing);
  expect(new Cache(folder, 'v1').get('a')).toEqual(drawing);
  expect(new Cache(folder, 'v1').get('b')).toBeUndefined();
  expect(new Cache(folder, 'v2').get('a')).toBeUndefined();
});

test.each([
  ['cut off', (text: string) => text.slice(0, -9)],
  ['changed', (text: string) => text.replace('pie', 'pip')],
  ['emptied', () => ''],
  ['not ours', () => '{"kind":"pie"}'],
])('an entry that was %s counts as absent, and can be written anew', (_, damage) => {
  const cache = new Cache(folder, 'v1');
  cache.set('a', drawing);
  writeFileSync(entry(), damage(readFileSync(entry(), 'utf8')));
  expect(cache.get('a')).toBeUndefined();
  cache.set('a', drawing);
  expect(cache.get('a')).toEqual(drawing);
});

test('leaves nothing but entries behind', () => {
  new Cache(folder, 'v1').set('a', drawing);
  expect(readdirSync(folder)).toHaveLength(1);
  expect(entry()).toMatch(/\.json$/);
});
