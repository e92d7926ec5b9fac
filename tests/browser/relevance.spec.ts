import { existsSync } from 'node:fs';
import { askInPage } from '#search/relevance/in-page.ts';
import { type Answered, type Query, misses, readQueries, score } from '#search/relevance/queries.ts';
import { expect, test } from './page.ts';

const queries = readQueries((id) => existsSync(`dist/${id}/index.html`));

test('what readers type finds its page and its section', async ({ page, site, isMobile }) => {
  test.skip(isMobile, 'the size of the screen changes nothing in what is found');
  await page.goto(new URL('search/', site).href);
  const answers: Answered[] = [];
  for (const query of queries) answers.push({ query, found: await askInPage(page, site, query.text) });
  const of = (set: Query['set']) => score(answers.filter(({ query }) => query.set === set));
  const [tuned, probes, held] = [of('tune'), of('probe'), of('held')];
  const { pages, sections } = misses(answers);
  const [wrong, astray] = [pages.join('\n'), sections.join('\n')];
  expect.soft(tuned.first, wrong).toBeGreaterThanOrEqual(0.95);
  expect.soft(tuned.three, wrong).toBeGreaterThanOrEqual(0.99);
  expect.soft(tuned.zero + probes.zero + held.zero).toBe(0);
  expect.soft(tuned.section, astray).toBeGreaterThanOrEqual(0.9);
  // What a stranger's words meet. The floors lie a little below what was measured.
  expect.soft(probes.first, wrong).toBeGreaterThanOrEqual(0.85);
  expect.soft(probes.three, wrong).toBeGreaterThanOrEqual(0.93);
  expect.soft(held.first).toBeGreaterThanOrEqual(0.72);
  expect.soft(held.three).toBeGreaterThanOrEqual(0.9);
});
