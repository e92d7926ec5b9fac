import { expect, test } from './page.ts';

test('a block of code is copied as it stands', async ({ page, context, site }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(new URL('postgresql/indexing/', site).href);
  const block = page.locator('figure.code').first();
  await block.getByRole('button', { name: 'Copy' }).click();
  await expect(block.getByRole('button')).toHaveText(/^Copied/);
  const code = await block.locator('code').textContent();
  expect(code).toContain('\n');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code);
  await expect(block.getByRole('button')).toHaveText(/^Copy /);
});

test('a block that fits is no stop of the tab key, one that scrolls is', async ({ page, site }) => {
  await page.goto(new URL('postgresql/indexing/', site).href);
  await expect(page.locator('figure.code button').last()).toBeAttached();
  const wrong = () =>
    page
      .locator('figure.code pre')
      .evaluateAll(
        (blocks) =>
          blocks.filter((block) => block.scrollWidth > block.clientWidth !== block.hasAttribute('tabindex'))
            .length,
      );
  await expect.poll(wrong).toBe(0);
});
