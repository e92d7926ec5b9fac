import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { newLab } from './new.ts';
import { placesIn } from './paths.ts';

const root = mkdtempSync(path.join(tmpdir(), 'labs-new-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});
const guides = ['postgresql/indexing', 'nodejs/event-loop'];

test('a new lab is written once, at its guide’s folder, and says what to do next', () => {
  expect(newLab(placesIn(root), guides, 'postgresql/indexing/brin')).toContain(
    'npm run labs -- --record postgresql/indexing/brin',
  );
  expect(readFileSync(path.join(root, 'src/labs/postgresql/indexing/brin.ts'), 'utf8')).toContain(
    'export default lab({',
  );
  expect(() => newLab(placesIn(root), guides, 'postgresql/indexing/brin')).toThrow(/exists already/);
});

test.each([
  ['brin', /is no address of a lab/],
  ['postgresql/indexing/Bad_Name', /is no address of a lab/],
  ['postgresql/indexes/brin', /There is no guide postgresql\/indexes\. Did you mean postgresql\/indexing\?/],
])('%s is refused', (id, message) => {
  expect(() => newLab(placesIn(root), guides, id)).toThrow(message);
});
