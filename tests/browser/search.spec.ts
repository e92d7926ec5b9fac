import AxeBuilder from '@axe-core/playwright';
import { countFetched, holdBack } from '#search/relevance/wire.ts';
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
  await page.getByRole('combobox', { name: 'Search' }).fill('isolaton');
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
  const input = dialog.getByRole('combobox', { name: 'Search' });
  const options = dialog.getByRole('listbox', { name: 'Results' }).getByRole('option');
  await expect(input).toBeFocused();
  await page.keyboard.type('event loop');
  await expect(options.first()).toBeVisible();
  await expect(input).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowDown');
  await expect(options.first()).toHaveAttribute('aria-selected', 'true');
  await expect(input).toBeFocused();
  await expect(input).toHaveAttribute('aria-activedescendant', /option-1$/);
  await page.keyboard.press('ArrowUp');
  await expect(dialog.locator('[role=option][aria-selected=true]')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.keyboard.press('Control+k');
  await input.fill('event loop');
  await expect(options.first()).toBeVisible();
  const opened = page.context().waitForEvent('page');
  await page.keyboard.press('Control+Enter');
  await expect(await opened).toHaveURL(/\/nodejs\/event-loop\/$/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/nodejs\/event-loop\/$/);
});

test('what is typed before the box is there goes into the box, not to the keys of the page', async ({
  page,
  site,
  isMobile,
}) => {
  test.skip(isMobile, 'a phone has no keyboard');
  const guide = new URL('nodejs/event-loop/', site).href;
  await page.goto(guide);
  await page.route('**/search-box*.js', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  await page.keyboard.press('/');
  await page.keyboard.type('npm run');
  const input = page.getByRole('dialog', { name: 'Search' }).getByRole('combobox', { name: 'Search' });
  await expect(input).toHaveValue('npm run');
  await page.keyboard.type(' x');
  await expect(input).toHaveValue('npm run x');
  expect(page.url()).toBe(guide);
});

test('a result on the page that is read closes the dialog and lands at its place', async ({ page, site }) => {
  await page.goto(new URL('postgresql/transactions-and-isolation/', site).href);
  await page.locator('[data-site-search-open]').click();
  const dialog = page.getByRole('dialog', { name: 'Search' });
  await dialog.getByRole('combobox', { name: 'Search' }).fill('write skew');
  await expect(dialog.locator('search-box[complete]')).toBeVisible();
  const section = dialog.locator('[data-site-search-section][href*="#lab-write-skew"]').first();
  await section.click();
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(/#lab-write-skew$/);
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(1_000);
  // What the address bar shows: a script does not see the directive.
  const browser = await page.context().newCDPSession(page);
  const shown = async () => {
    const { currentIndex, entries } = await browser.send('Page.getNavigationHistory');
    return entries[currentIndex]?.url;
  };
  await expect.poll(shown).toMatch(/#lab-write-skew$/);
});

test('on a page with a search box of its own the key goes there', async ({ page, site, isMobile }) => {
  test.skip(isMobile, 'a phone has no keyboard');
  await page.goto(new URL('search/?q=kafka', site).href);
  await expect(page.locator('search-box[complete]')).toBeVisible();
  for (const key of ['/', 'Control+k']) {
    await page.locator('h1').click();
    await page.keyboard.press(key);
    await expect(page.getByRole('combobox', { name: 'Search' })).toBeFocused();
    await expect(page.getByRole('combobox', { name: 'Search' })).toHaveValue('kafka');
    await expect(page.locator('.search-dialog')).toHaveCount(0);
  }
});

test('what is chosen by key stands in view, and stays chosen when full text comes', async ({
  page,
  site,
  isMobile,
}) => {
  test.skip(isMobile, 'a phone has no keyboard');
  await page.goto(site);
  const release = await holdBack(page, '**/pagefind.js*');
  await page.keyboard.press('/');
  const dialog = page.getByRole('dialog', { name: 'Search' });
  await dialog.getByRole('combobox', { name: 'Search' }).fill('retry loop');
  const options = dialog.getByRole('listbox', { name: 'Results' }).getByRole('option');
  await expect(options.nth(1)).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const chosen = dialog.locator('[role=option][aria-selected=true]');
  const before = await chosen.getAttribute('href');
  expect(before).toContain('#');
  release();
  await expect(dialog.locator('search-box[complete]')).toBeVisible();
  expect((await chosen.getAttribute('href'))?.replace(/:~:.*/, '')).toBe(before);
  const count = await options.count();
  for (let step = 2; step < count; step += 1) {
    await page.keyboard.press('ArrowDown');
    const [option, bar] = [await chosen.boundingBox(), await dialog.locator('.search-close').boundingBox()];
    expect((option?.y ?? 0) + (option?.height ?? 0)).toBeLessThanOrEqual((bar?.y ?? 0) + 1);
  }
  await page.keyboard.press('ArrowDown');
  await expect(chosen).toHaveCount(0);
  await expect(dialog.getByRole('combobox', { name: 'Search' })).toBeInViewport();
});

test('a word that stands in the text is taken as it is typed, an error code too', async ({ page, site }) => {
  await page.goto(new URL('search/?q=leader%20election', site).href);
  await expect(page.locator('search-box[complete]')).toBeVisible();
  await expect(page.getByText('Showing results for')).toHaveCount(0);
  await page.getByRole('combobox', { name: 'Search' }).fill('57P01');
  await expect(page.locator('search-box[complete]')).toBeVisible();
  await expect(page.locator('.hit-excerpt mark').first()).toHaveText(/57P01/);
});

test('a category chooses among the questions, and says what the others hold', async ({ page, site }) => {
  await page.goto(new URL('search/', site).href);
  const category = page.getByRole('combobox', { name: 'Category' });
  const groups = page.locator('.search-all .question-group:visible');
  await category.selectOption('leadership');
  await expect(groups).toHaveCount(1);
  await page.getByRole('combobox', { name: 'Search' }).fill('preStop hook');
  await expect(page.locator('search-box[complete]')).toBeVisible();
  await page.getByRole('button', { name: /^Show \d+ pages? from the others$/ }).click();
  await expect(category).toHaveValue('');
  await expect(page.locator('[data-site-search-hit]').first()).toBeVisible();
});

test('Enter pressed before anything was found follows the first result when it comes', async ({
  page,
  site,
}) => {
  const release = await holdBack(page, '**/search-head.json');
  await page.goto(new URL('search/', site).href);
  await expect(page.getByText('Loading …')).toBeVisible();
  await page.getByRole('combobox', { name: 'Search' }).fill('event loop');
  await page.keyboard.press('Enter');
  release();
  await expect(page).toHaveURL(/\/nodejs\/event-loop\/$/);
});

test('an Enter that found nothing to follow is not kept for another query', async ({ page, site }) => {
  await page.goto(new URL('search/?q=write%20skew', site).href);
  await page.locator('[data-site-search-hit]').first().click();
  await page.goto(new URL('search/', site).href);
  await page.getByRole('combobox', { name: 'Search' }).press('Enter');
  await page.getByRole('button', { name: 'write skew' }).click();
  await expect(page.locator('search-box[complete]')).toBeVisible();
  await expect(page).toHaveURL(/\/search\/\?q=write\+skew$/);
});

test('a search as typed can be shared and reloaded', async ({ page, site }) => {
  await page.goto(new URL('search/?q=isolaton&exact=1', site).href);
  await expect(page.locator('search-box[complete]')).toBeVisible();
  await expect(page.getByText('Showing results for')).toHaveCount(0);
  await page.getByRole('combobox', { name: 'Search' }).fill('isolaton levels');
  await expect(page.getByText('Showing results for “isolation levels”')).toBeVisible();
  await expect(page).not.toHaveURL(/exact/);
});

test('when the network comes back, categories and questions do too', async ({ page, site }) => {
  await page.goto(site);
  const questions = await page.locator('.question-list a').count();
  await page.route('**/search-head.json', (route) => route.abort());
  await page.locator('[data-site-search-open]').click();
  const dialog = page.getByRole('dialog', { name: 'Search' });
  await expect(dialog.getByText('Search could not be loaded')).toBeVisible();
  await expect(dialog.getByRole('link', { name: 'All questions on one page' })).toBeVisible();
  await page.unroute('**/search-head.json');
  await dialog.getByRole('combobox', { name: 'Search' }).fill('kafka');
  await expect(dialog.locator('search-box[complete]')).toBeVisible();
  await dialog.getByRole('combobox', { name: 'Search' }).fill('');
  await expect(dialog.locator('.question-list a')).toHaveCount(questions);
  await expect(dialog.getByRole('combobox', { name: 'Category' }).locator('option')).toHaveCount(6);
});

test('without a network the page stays, and says why search does not open', async ({
  page,
  site,
  context,
}) => {
  await page.goto(site);
  await context.setOffline(true);
  const said = page.waitForEvent('dialog');
  // A click of a mouse would wait for the message to be closed.
  await page.locator('[data-site-search-open]').dispatchEvent('click');
  const message = await said;
  expect(message.message()).toContain('needs the network');
  await message.accept();
  expect(page.url()).toBe(site);
});

test('the empty search page waits for words, but raises no keyboard on a phone', async ({
  page,
  site,
  isMobile,
}) => {
  await page.goto(new URL('search/', site).href);
  const input = page.getByRole('combobox', { name: 'Search' });
  await expect(input).toBeVisible();
  if (isMobile) await expect(input).not.toBeFocused();
  else await expect(input).toBeFocused();
});

test('without the box’s script the page says so and shows every question', async ({ page, site }) => {
  await page.route('**/search-box*.js', (route) => route.abort());
  await page.goto(new URL('search/?q=kafka', site).href);
  await expect(page.getByText('The search box did not load')).toBeVisible();
  await expect(page.locator('.search-all .question-list a').first()).toBeVisible();
});

test('an address that is not well encoded still gets its nearest pages', async ({ page, site }) => {
  await page.goto(`${site}nodejs/event-loop-%zz/`);
  await expect(page.locator('.hit-page').first()).toHaveAttribute('href', /event-loop/);
});

test('what was followed is offered again, and can be forgotten', async ({ page, site }) => {
  await page.goto(new URL('search/?q=write%20skew', site).href);
  await page.locator('[data-site-search-hit]').first().click();
  await page.goto(new URL('search/', site).href);
  await page.getByRole('button', { name: 'write skew' }).click();
  await expect(page).toHaveURL(/q=write\+skew/);
  await expect(page.locator('[data-site-search-hit]').first()).toBeVisible();
  await page.goto(new URL('search/', site).href);
  await page.getByRole('button', { name: 'Forget these' }).click();
  await expect(page.getByText('You searched for')).toBeHidden();
  await page.reload();
  await expect(page.getByText('You searched for')).toBeHidden();
});

test('a section’s link lands there with the found words marked, and leaves a clean address', async ({
  page,
  site,
}) => {
  await page.goto(new URL('search/?q=write%20skew%20doctors', site).href);
  const section = page.locator('[data-site-search-section][href*=":~:text="]').first();
  const href = (await section.getAttribute('href')) ?? '';
  await section.click();
  await page.waitForLoadState();
  await expect(page).toHaveURL(new URL(href.replace(/:~:.*/, ''), site).href);
  await expect(page.locator(`[id="${/#(.*?):~:/.exec(href)?.[1] ?? ''}"]`)).toBeInViewport();
});

test('browsers are told how to search the site', async ({ page, site, request }) => {
  await page.goto(site);
  const href = await page.locator('link[rel=search]').getAttribute('href');
  const description = await (await request.get(new URL(href ?? '', site).href)).text();
  expect(description).toMatch(/template="[^"]+\/search\/\?q=\{searchTerms\}"/);
});

test('a full-text index that a deployment has replaced is loaded anew', async ({ page, site }) => {
  await page.goto(new URL('search/?q=event%20loop', site).href);
  await expect(page.locator('search-box[complete]')).toBeVisible();
  let deployed = false;
  await page.route('**/pagefind/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    // The old index's files are gone and its entry has changed, until the module is asked for anew.
    if (pathname.endsWith('pagefind.js')) deployed = true;
    if (pathname.endsWith('pagefind-entry.json')) {
      const entry = (await (await route.fetch()).json()) as object;
      await route.fulfill({ json: { ...entry, build: 2 } });
    } else {
      await (deployed ? route.continue() : route.fulfill({ status: 404, body: 'gone' }));
    }
  });
  await page.getByRole('combobox', { name: 'Search' }).fill('hash chain');
  await expect(page.locator('search-box[complete]')).toBeVisible();
  await expect(page.getByText('a part of search could not be loaded')).toHaveCount(0);
  await expect(page.locator('.hit-excerpt').first()).toBeVisible();
});

test('the dialog opens by touch or click and has no accessibility violation', async ({ page, site }) => {
  await page.goto(site);
  await page.locator('[data-site-search-open]').click();
  const dialog = page.getByRole('dialog', { name: 'Search' });
  await dialog.getByRole('combobox', { name: 'Search' }).fill('index');
  await expect(dialog.locator('[data-site-search-hit]').first()).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include('.search-dialog').analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
  ).toEqual([]);
});

test('nothing found still shows every question', async ({ page, site }) => {
  await page.goto(new URL('search/?q=xyzzyplugh', site).href);
  await expect(page.locator('search-box[complete]')).toBeVisible();
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
  await expect(page.getByText('a part of search could not be loaded')).toBeVisible();
});

test('without follow-ups and terms the rest answers, and the page says that places may be missing', async ({
  page,
  site,
}) => {
  await page.route('**/search-sections.json', (route) => route.abort());
  await page.goto(new URL('search/?q=event%20loop', site).href);
  await expect(page.locator('.hit-excerpt').first()).toBeVisible();
  await expect(page.getByText('a part of search could not be loaded')).toBeVisible();
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

test('first results cost a reader 15 KB at most, all results 120 KB', async ({ page, site }) => {
  await page.goto(site);
  await page.waitForLoadState('networkidle');
  const fetched = countFetched(page);
  const titles = page.waitForResponse(/search-head/);
  await page.locator('[data-site-search-open]').click();
  await expect(page.getByRole('combobox', { name: 'Search' })).toBeVisible();
  await (await titles).finished();
  // The box and the titles; what follows them waits until something was asked.
  const early = await fetched();
  await page.getByRole('combobox', { name: 'Search' }).fill('isolation levels');
  await expect(page.locator('search-box[complete]')).toBeVisible();
  const all = await fetched();
  expect(early.bytes).toBeGreaterThan(5_000);
  expect(early.bytes).toBeLessThanOrEqual(15_000);
  expect(all.bytes).toBeGreaterThan(early.bytes);
  expect(all.bytes).toBeLessThanOrEqual(120_000);
});

test('an address that leads nowhere shows the pages that come nearest', async ({ page, site }) => {
  await page.goto(new URL('postgresql/transaction-isolation-levels/', site).href);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This page is not on the board');
  await expect(page.locator('.hit-page').first()).toHaveAttribute('href', /transactions-and-isolation/);
});

test('the dialog can be closed without a key', async ({ page, site }) => {
  await page.goto(site);
  await page.locator('[data-site-search-open]').click();
  const dialog = page.getByRole('dialog', { name: 'Search' });
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toBeHidden();
});
