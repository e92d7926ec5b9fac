import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { guideId, questions } from '#guides/catalogue.ts';
import { mistypedQueries, parseQueries, score } from './queries.ts';

const file = 'src/search/relevance/queries.tsv';
const queries = parseQueries(readFileSync(file, 'utf8'), file);

test('every query names pages of the catalogue, and each stands once', () => {
  const known = new Set(questions.map(guideId));
  expect(
    queries.flatMap(({ text, pages }) => pages.filter((id) => !known.has(id)).map((id) => `${text}: ${id}`)),
  ).toEqual([]);
  expect(new Set(queries.map(({ text }) => text.toLowerCase())).size).toBe(queries.length);
  expect(queries.length).toBeGreaterThanOrEqual(150);
});

test('a row that is not whole is named by its line', () => {
  expect(() => parseQueries('# head\ntune\tkeyword\tk8s', 'q.tsv')).toThrow(/^q\.tsv:2: a row is set/);
  expect(() =>
    parseQueries('tune\tkeyword\tk8s\tinfrastructure/kubernetes-and-docker\tanchor', 'q.tsv'),
  ).toThrow(/q\.tsv:1/);
});

test('machine-made typing mistakes are the same for the same seed, and one mistake away', () => {
  const made = mistypedQueries(queries, 7);
  expect(made).toEqual(mistypedQueries(queries, 7));
  expect(made.length).toBeGreaterThan(30);
  for (const { text } of made) expect(queries.map((query) => query.text)).not.toContain(text);
});

test('scores first, first three, reciprocal rank, nothing found and sections', () => {
  const query = (anchors: string[]) =>
    ({ set: 'tune', kind: 'keyword', text: 'q', pages: ['a/b'], anchors }) as const;
  expect(
    score([
      { query: query([]), found: [{ id: 'a/b' }] },
      { query: query([]), found: [{ id: 'x/y' }, { id: 'a/b' }] },
      { query: query(['s']), found: [{ id: 'a/b', anchor: 's' }] },
      { query: query(['s']), found: [] },
    ]),
  ).toEqual({ queries: 4, first: 0.5, three: 0.75, reciprocal: 0.625, zero: 0.25, section: 0.5 });
});
