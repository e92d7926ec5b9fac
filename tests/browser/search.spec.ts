import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './page.ts';

test('a shared search address shows its results in rank order', async ({ page, site }) => {
  await page.goto(new URL('search/?q=write%20skew', site).href);
  const results = page.locator('ol[data-search-results] > li > a');
  await expect(results.first()).toHaveAttribute('href', /\/postgresql\/transactions-and-isolation\/$/);
  await expect(page.getByRole('status').filter({ hasText: /\d+ pages?/ })).toBeVisible();
});

test('typing keeps the query in the address, and a typing mistake is understood and can be insisted on', async ({
  page,
  site,
}) => {
  await page.goto(new URL('search/', site).href);
  await page.getByRole('searchbox').fill('isolaton');
  await expect(page).toHaveURL(/q=isolaton/);
  await expect(page.getByText('Showing results for “isolation”')).toBeVisible();
  await page.getByRole('button', { name: 'Search instead for “isolaton”' }).click();
  await expect(page.getByText('Showing results for')).toHaveCount(0);
});

test('the dialog opens by key, is walked by arrows, and leads to the page', async ({
  page,
  site,
  isMobile,
}) => {
  test.skip(isMobile, 'a phone has no keyboard');
  await page.goto(site);
  await page.keyboard.press('/');
  const dialog = page.getByRole('dialog', { name: 'Search' });
  await expect(dialog).toBeVisible();
  await page.keyboard.type('event loop');
  await expect(dialog.locator('[data-site-search-hit]').first()).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(dialog.locator('[data-site-search-hit]').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.keyboard.press('Control+k');
  await dialog.getByRole('searchbox').fill('event loop');
  await expect(dialog.locator('[data-site-search-hit]').first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/nodejs\/event-loop\/$/);
});

test('the dialog opens by touch or click and has no accessibility violation', async ({ page, site }) => {
  await page.goto(site);
  await page.locator('[data-site-search-open]').click();
  const dialog = page.getByRole('dialog', { name: 'Search' });
  await dialog.getByRole('searchbox').fill('index');
  await expect(dialog.locator('[data-site-search-hit]').first()).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include('.search-dialog').analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
  ).toEqual([]);
});

test('nothing found still shows every question', async ({ page, site }) => {
  await page.goto(new URL('search/?q=xyzzyplugh', site).href);
  await expect(page.getByText('Nothing found')).toBeVisible();
  await expect(page.locator('.search-all .question-list a').first()).toBeVisible();
});

test('markup in a query is text', async ({ page, site }) => {
  await page.goto(
    new URL(`search/?q=${encodeURIComponent('"<img src=x onerror=alert(1)> event')}`, site).href,
  );
  await expect(page.locator('ol[data-search-results] > li').first()).toBeVisible();
  await expect(page.locator('search-box img')).toHaveCount(0);
});

test('without the full-text index the headings still answer, and the page says what is missing', async ({
  page,
  site,
}) => {
  await page.route('**/pagefind/**', (route) => route.abort());
  await page.goto(new URL('search/?q=event%20loop', site).href);
  await expect(page.locator('[data-site-search-hit]').first()).toBeVisible();
  await expect(page.getByText('titles and headings only')).toBeVisible();
});

test('without any index the page says so and shows every question', async ({ page, site }) => {
  await page.route(/search-head\.json|pagefind/, (route) => route.abort());
  await page.goto(new URL('search/?q=event%20loop', site).href);
  await expect(page.getByText('Search could not be loaded')).toBeVisible();
  await expect(page.locator('.search-all .question-list a').first()).toBeVisible();
});

test('nothing of search loads before it is wanted', async ({ page, site }) => {
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto(site);
  await page.waitForLoadState('networkidle');
  expect(loaded.filter((path) => /search-head|pagefind|search-box/.test(path))).toEqual([]);
});
