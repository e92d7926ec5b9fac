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

test('a plan is walked from guide to guide at its depth, and leads back to its page', async ({
  page,
  site,
}) => {
  await page.goto(new URL('plan/ten-minutes/', site).href);
  const rows = page.locator('.question-list > li > a');
  const [many, second] = [await rows.count(), await rows.nth(1).locator('.asked').innerText()];
  await rows.first().click();
  await expect(page).toHaveURL(/\?plan=ten-minutes&depth=30s$/);
  const line = page.locator('[data-part="30s"] .plan-walk');
  await expect(line).toHaveText(`1 of ${many} in “10 minutes” · Next: ${second.trim()} · The plan`);
  await expect(page.getByRole('navigation', { name: 'Reading plan' })).toBeVisible();
  await line.getByRole('link', { name: second.trim() }).click();
  await expect(line).toContainText(`2 of ${many} in`);
  await expect(page.locator('[data-part=deep-dive]')).toBeHidden();
  await page.keyboard.press('n');
  await expect(line).toContainText(`3 of ${many} in`);
  await page.keyboard.press('p');
  await expect(line).toContainText(`2 of ${many} in`);
  // Another depth is still the same place in the plan.
  await page.getByRole('link', { name: '2 minutes', exact: true }).click();
  await expect(page.locator('[data-part="2m"] .plan-walk')).toBeVisible();
  await page.getByRole('link', { name: 'Show the full answer' }).click();
  await expect(page).toHaveURL(/plan=ten-minutes/);
  await expect(line).toBeHidden();
  await page.locator('nav.plan-walk').getByRole('link', { name: 'The plan' }).click();
  await expect(page).toHaveURL(/\/plan\/ten-minutes\/$/);
  await rows.last().click();
  await expect(line).toContainText(`${many} of ${many} in “10 minutes” · The last one`);
});

test('a plan that does not exist adds nothing to a guide', async ({ page, site }) => {
  const asked = page.waitForResponse(/plan\/no-such-plan\.json$/);
  await page.goto(new URL('nodejs/event-loop/?plan=no-such-plan', site).href);
  expect((await asked).status()).toBe(404);
  await expect(page.locator('.plan-walk')).toHaveCount(0);
});

test('the questions before and after open at the depth that is shown', async ({ page, site }) => {
  await page.goto(new URL('nodejs/event-loop/?depth=30s', site).href);
  const next = page.locator('.around-next');
  await next.click();
  await expect(page).toHaveURL(/\?depth=30s$/);
  await page.getByRole('link', { name: 'Everything' }).click();
  await expect(next).not.toHaveAttribute('href', /depth/);
});

test('a plan of a week counts in hours', async ({ page, site }) => {
  await page.goto(new URL('plan/a-week/', site).href);
  await expect(page.getByRole('main')).toContainText(/About \d+ hours\./);
});

test.describe('without JavaScript, a plan', () => {
  test.use({ javaScriptEnabled: false });
  test('shows its half-minute answers on its own page', async ({ page, site }) => {
    await page.goto(new URL('plan/ten-minutes/', site).href);
    const answers = page.locator('.plan-answer');
    await expect(answers).toHaveCount(await page.locator('.question-list > li > a').count());
    await answers.first().locator('summary').click();
    expect((await answers.first().locator('p').innerText()).split(' ').length).toBeGreaterThan(50);
  });
});
