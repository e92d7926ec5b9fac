/** Asks the site's search in a browser, as a reader would. */
import type { Page } from '@playwright/test';
import type { Found } from './queries.ts';

/** The page and the section that an address of the site leads to. `site` is the site's own, with a trailing slash. */
export function placeOf(href: string, site: string): Found {
  const { pathname, hash } = new URL(href, site);
  return {
    id: pathname.slice(new URL(site).pathname.length).replace(/\/$/, ''),
    anchor: decodeURIComponent(hash.slice(1).replace(/:~:.*/, '')),
  };
}

/** What the search page, which must be open, shows for a query once full text has been asked too: pages in order, each with its first section. */
export async function askInPage(page: Page, site: string, text: string): Promise<Found[]> {
  await page.locator('search-box input').fill(text);
  await page.locator('search-box[complete]').waitFor();
  const hits = await page.locator('.hit').evaluateAll((items) =>
    items.map((item) => ({
      page: item.querySelector('.hit-page')?.getAttribute('href') ?? '',
      section: item.querySelector('.hit-section')?.getAttribute('href') ?? '',
    })),
  );
  return hits.map((hit) => ({
    id: placeOf(hit.page, site).id,
    anchor: hit.section ? placeOf(hit.section, site).anchor : undefined,
  }));
}
