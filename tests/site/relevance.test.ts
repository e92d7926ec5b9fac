import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type HeadDocument, type MoreSections, unpackHead, withSections } from '#search/head.ts';
import { mistypedQueries, parseQueries, score } from '#search/relevance/queries.ts';
import { createSearcher } from '#search/search.ts';

const json = (name: string): unknown => JSON.parse(readFileSync(`dist/${name}`, 'utf8'));
const head = unpackHead(json('search-head.json') as HeadDocument);
const pages = withSections(head.pages, json('search-sections.json') as MoreSections);
const searcher = createSearcher(pages, head.expansions);
const published = new Set(pages.map(({ id }) => id));

const file = 'src/search/relevance/queries.tsv';
const given = parseQueries(readFileSync(file, 'utf8'), file);
// A query can be judged once every guide that answers it is published.
const queries = [...given, ...mistypedQueries(given, 7)].filter((query) =>
  query.pages.every((id) => published.has(id)),
);
const answers = queries.map((query) => ({
  query,
  found: searcher
    .search(query.text)
    .results.map(({ page, sections }) => ({ id: page.id, anchor: sections[0]?.anchor })),
}));

/** The floors of search by title, heading and alias alone, before full text has loaded; `tests/browser/relevance.spec.ts` holds those of the whole. */
describe('without full text, what readers type finds its page', () => {
  const result = score(answers);
  const wrong = answers
    .filter(({ query, found }) => !query.pages.includes(found[0]?.id ?? ''))
    .map(({ query, found }) => `${query.text}: ${found[0]?.id ?? 'nothing'}`);

  test('first, for 9 in 10', () => {
    expect(result.first, wrong.join('\n')).toBeGreaterThanOrEqual(0.9);
  });
  test('among the first three, for 95 in 100', () => {
    expect(result.three, wrong.join('\n')).toBeGreaterThanOrEqual(0.95);
  });
  test('at the right section, for 85 in 100', () => {
    const astray = answers
      .filter(
        ({ query, found }) => query.anchors.length > 0 && !query.anchors.includes(found[0]?.anchor ?? ''),
      )
      .map(({ query, found }) => `${query.text}: ${found[0]?.id ?? ''}#${found[0]?.anchor ?? ''}`);
    expect(result.section, astray.join('\n')).toBeGreaterThanOrEqual(0.85);
  });
});

test('every section that search leads to exists', () => {
  for (const { id, sections } of pages) {
    const html = readFileSync(`dist/${id}/index.html`, 'utf8');
    for (const { anchor } of sections) expect(html, `${id}#${anchor}`).toContain(`id="${anchor}"`);
  }
});
