import { existsSync, readFileSync } from 'node:fs';
import { type Found, mistypedQueries, parseQueries, score } from '#search/relevance/queries.ts';
import { expect, test } from './page.ts';

const file = 'src/search/relevance/queries.tsv';
const given = parseQueries(readFileSync(file, 'utf8'), file);
// A query can be judged once every guide that answers it is published.
const queries = [...given, ...mistypedQueries(given, 7)].filter((query) =>
  query.pages.every((id) => existsSync(`dist/${id}/index.html`)),
);

/** The page and section of an address on the site. */
function place(href: string, site: string): Found {
  const { pathname, hash } = new URL(href, site);
  return {
    id: pathname.slice(new URL(site).pathname.length).replace(/\/$/, ''),
    anchor: decodeURIComponent(hash.slice(1).replace(/:~:.*/, '')),
  };
}

test('what readers type finds its page and its section', async ({ page, site, isMobile }) => {
  test.skip(isMobile, 'the size of the screen changes nothing in what is found');
  await page.goto(new URL('search/', site).href);
  const answers: { query: (typeof queries)[number]; found: Found[] }[] = [];
  for (const query of queries) {
    await page.locator('search-box input').fill(query.text);
    await page.locator('search-box[complete]').waitFor();
    const hits = await page.locator('.hit').evaluateAll((items) =>
      items.map((item) => ({
        page: item.querySelector('.hit-page')?.getAttribute('href') ?? '',
        section: item.querySelector('.hit-section')?.getAttribute('href') ?? '',
      })),
    );
    answers.push({
      query,
      found: hits.map((hit) => ({
        id: place(hit.page, site).id,
        anchor: hit.section ? place(hit.section, site).anchor : undefined,
      })),
    });
  }
  const of = (set: 'tune' | 'held') => answers.filter(({ query }) => query.set === set);
  const [tuned, held] = [score(of('tune')), score(of('held'))];
  const wrong = answers
    .filter(({ query, found }) => !query.pages.includes(found[0]?.id ?? ''))
    .map(({ query, found }) => `${query.set} ${query.text}: ${found[0]?.id ?? 'nothing'}`)
    .join('\n');
  const astray = answers
    .filter(({ query, found }) => query.anchors.length > 0 && !query.anchors.includes(found[0]?.anchor ?? ''))
    .map(({ query, found }) => `${query.text}: ${found[0]?.id ?? ''}#${found[0]?.anchor ?? ''}`)
    .join('\n');
  expect.soft(tuned.first, wrong).toBeGreaterThanOrEqual(0.95);
  expect.soft(tuned.three, wrong).toBeGreaterThanOrEqual(0.99);
  expect.soft(tuned.zero + held.zero).toBe(0);
  expect.soft(tuned.section, astray).toBeGreaterThanOrEqual(0.9);
  // Queries that nobody had seen while search was tuned: what a stranger's words meet.
  expect.soft(held.first, wrong).toBeGreaterThanOrEqual(0.8);
  expect.soft(held.three, wrong).toBeGreaterThanOrEqual(0.88);
});
