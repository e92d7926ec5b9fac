import { guideAddresses } from './addresses.ts';
import { expect, test } from './page.ts';

for (const address of guideAddresses) {
  test.describe(address, () => {
    test.beforeEach(async ({ page, site }) => {
      await page.goto(new URL(address.slice(1), site).href);
    });

    test('fits the width of the screen', async ({ page }) => {
      const { content, screen } = await page.evaluate(() => ({
        content: document.documentElement.scrollWidth,
        screen: document.documentElement.clientWidth,
      }));
      expect(content).toBeLessThanOrEqual(screen);
    });

    test('a link to a follow-up opens it and brings it into view below the header', async ({
      page,
      site,
    }) => {
      const answer = page.locator('.follow-up .answer').nth(2);
      await expect(answer).toBeHidden();
      const id = await answer.getAttribute('id');
      await page.goto('about:blank');
      await page.goto(new URL(`${address.slice(1)}#${id ?? ''}`, site).href);
      await expect(answer).toBeVisible();
      await expect(answer).toBeInViewport();
      const summary = page.locator(`.follow-up:has([id="${id ?? ''}"]) summary`);
      const [top, header] = await Promise.all([
        summary.boundingBox(),
        page.locator('.site-header').boundingBox(),
      ]);
      expect(top?.y ?? -1).toBeGreaterThanOrEqual((header?.height ?? 0) - 1);
    });

    test('printing shows every follow-up and no navigation', async ({ page }) => {
      await page.emulateMedia({ media: 'print' });
      for (const answer of await page.locator('.follow-up .answer').all()) await expect(answer).toBeVisible();
      await expect(page.locator('.site-header')).toBeHidden();
    });

    test.describe('without JavaScript', () => {
      test.use({ javaScriptEnabled: false });
      test('answers, diagrams, lab results and every step of their traces can be read', async ({ page }) => {
        for (const id of ['30s', '2m', 'picture', 'deep-dive', 'proof', 'sources']) {
          await expect(page.locator(`#${CSS_ESCAPE(id)}`)).toBeVisible();
        }
        await expect(page.locator('[data-diagram] svg').first()).toBeVisible();
        await expect(page.locator('[data-lab] .facts').first()).toBeVisible();
        await page.locator('.follow-up summary').first().click();
        await expect(page.locator('.follow-up .answer').first()).toBeVisible();
      });
    });
  });
}

/** Ids such as `30s` start with a digit, which a selector must escape. */
function CSS_ESCAPE(id: string): string {
  return id.replace(/^\d/, (digit) => `\\3${digit} `);
}

test('the theme follows the system until the reader chooses, and then the choice is kept', async ({
  page,
  site,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(site);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('button', { name: 'Switch between light and dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
});

test('without JavaScript the theme follows the system', async ({ browser, site }) => {
  for (const [colorScheme, dark] of [
    ['light', false],
    ['dark', true],
  ] as const) {
    const context = await browser.newContext({ javaScriptEnabled: false, colorScheme });
    const page = await context.newPage();
    await page.goto(site);
    const background = await page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
    const [red = 0] = (/\d+/.exec(background) ?? []).map(Number);
    expect(red < 128).toBe(dark);
    await context.close();
  }
});

test('a store that cannot be used does not break the page', async ({ page, site }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    });
  });
  await page.goto(site);
  await page.getByRole('button', { name: 'Switch between light and dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', /light|dark/);
});

test('a glossary term shows its definition on a tap or click, and leads to the glossary', async ({
  page,
  site,
}) => {
  await page.goto(new URL('postgresql/transactions-and-isolation/', site).href);
  const term = page.locator('a.term').first();
  const definition = page.locator(`#${(await term.getAttribute('data-term')) ?? ''}`);
  await expect(definition).toBeHidden();
  await term.click();
  await expect(definition).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(definition).toBeHidden();
  await term.focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  await expect(definition).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/glossary\/#/);
});

test('selected text offers a link that leads back to it', async ({ page, site, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(new URL('postgresql/transactions-and-isolation/', site).href);
  await page.locator('[data-part="30s"] p').first().selectText();
  await page.getByRole('button', { name: 'Copy link to this' }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(/\/postgresql\/transactions-and-isolation\/#30s:~:text=[^,]+,[^,]+$/);
  await page.evaluate(() => {
    getSelection()?.removeAllRanges();
  });
  await expect(page.getByRole('button', { name: 'Copy link to this' })).toBeHidden();
});
