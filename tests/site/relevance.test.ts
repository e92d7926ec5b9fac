import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type HeadDocument,
  type MoreSections,
  expansionsIn,
  unpackHead,
  withSections,
} from '#search/head.ts';
import { misses, readQueries, score } from '#search/relevance/queries.ts';
import { createSearcher } from '#search/search.ts';

const json = (name: string): unknown => JSON.parse(readFileSync(`dist/${name}`, 'utf8'));
const head = unpackHead(json('search-head.json') as HeadDocument);
const more = json('search-sections.json') as MoreSections;
const pages = withSections(head.pages, more);
const searcher = createSearcher(pages, expansionsIn(more));
const published = new Set(pages.map(({ id }) => id));
const answers = readQueries((id) => published.has(id))
  .filter(({ set }) => set === 'tune')
  .map((query) => ({
    query,
    found: searcher
      .search(query.text)
      .results.map(({ page, sections }) => ({ id: page.id, anchor: sections[0]?.anchor })),
  }));

/** The floors of search by title, heading and alias alone, before full text has loaded; `tests/browser/relevance.spec.ts` holds those of the whole. */
describe('without full text, what readers type finds its page', () => {
  const { first, three, section } = score(answers);
  const wrong = misses(answers);

  test('first, for 9 in 10', () => {
    expect(first, wrong.pages.join('\n')).toBeGreaterThanOrEqual(0.9);
  });
  test('among the first three, for 95 in 100', () => {
    expect(three, wrong.pages.join('\n')).toBeGreaterThanOrEqual(0.95);
  });
  test('at the right section, for 85 in 100', () => {
    expect(section, wrong.sections.join('\n')).toBeGreaterThanOrEqual(0.85);
  });
});

test('every section that search leads to exists', () => {
  for (const { id, sections } of pages) {
    const html = readFileSync(`dist/${id}/index.html`, 'utf8');
    for (const { anchor } of sections) expect(html, `${id}#${anchor}`).toContain(`id="${anchor}"`);
  }
});
