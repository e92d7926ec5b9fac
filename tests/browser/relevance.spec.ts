import { existsSync } from 'node:fs';
import { askInPage } from '#search/relevance/in-page.ts';
import {
  type Answered,
  type Query,
  type Score,
  misses,
  readQueries,
  score,
} from '#search/relevance/queries.ts';
import { expect, test } from './page.ts';

const queries = readQueries((id) => existsSync(`dist/${id}/index.html`));

/** The least that search must reach, by set. Below `tune` it is a little less than what was measured: what a stranger's words meet. */
const floors: readonly (readonly [Query['set'], Readonly<Partial<Record<keyof Score, number>>>])[] = [
  ['tune', { first: 0.95, three: 0.99, section: 0.9 }],
  ['probe', { first: 0.85, three: 0.93, section: 0.55 }],
  ['held', { first: 0.72, three: 0.9 }],
];

for (const [set, floor] of floors) {
  test(`what readers type finds its page and its section: ${set}`, async ({ page, site, isMobile }) => {
    test.skip(isMobile, 'the size of the screen changes nothing in what is found');
    // Hundreds of queries, each with the pause in typing that full text waits for.
    test.setTimeout(400_000);
    await page.goto(new URL('search/', site).href);
    const answers: Answered[] = [];
    for (const query of queries.filter((one) => one.set === set))
      answers.push({ query, found: await askInPage(page, site, query.text) });
    const reached = score(answers);
    const { pages, sections } = misses(answers);
    expect.soft(reached.zero).toBe(0);
    const missed = [...pages, ...sections].join('\n');
    for (const name of ['first', 'three', 'section'] as const)
      expect.soft(reached[name], `${name}\n${missed}`).toBeGreaterThanOrEqual(floor[name] ?? 0);
  });
}
