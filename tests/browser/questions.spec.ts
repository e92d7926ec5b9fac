import { expect, test } from './page.ts';

test('the list is narrowed by a filter that stands in the address', async ({ page, site }) => {
  await page.goto(new URL('questions/', site).href);
  const rows = page.locator('question-filter li[data-number]');
  const all = await rows.count();
  await page.getByLabel('Category').selectOption('nodejs');
  await expect(page).toHaveURL(/\?category=nodejs$/);
  const some = await rows.count();
  expect(some).toBeLessThan(all);
  await page.reload();
  await expect(rows).toHaveCount(some);
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(rows).toHaveCount(all);
});

test('a guide marked as answered is marked in the lists, and can be filtered out', async ({ page, site }) => {
  await page.goto(new URL('nodejs/event-loop/', site).href);
  await page.getByRole('button', { name: 'I can answer this' }).click();
  await expect(page.getByRole('button', { name: 'I can answer this' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await page.goto(new URL('questions/?state=read', site).href);
  const row = page.locator('question-filter li[data-number] a');
  await expect(row).toHaveAttribute('href', /nodejs\/event-loop/);
  await expect(row).toContainText('(answered)');
  await expect(page.getByLabel('Answered')).toContainText('not yet answered');
});

test('a depth chosen once is kept, can be linked, and gives way to a link into what it hides', async ({
  page,
  site,
}) => {
  await page.goto(new URL('nodejs/event-loop/?depth=30s', site).href);
  await expect(page.locator('[data-part=deep-dive]')).toBeHidden();
  await expect(page.locator('[data-part="30s"]')).toBeVisible();
  await page.getByRole('link', { name: '2 minutes', exact: true }).click();
  await expect(page).toHaveURL(/\?depth=2m$/);
  await expect(page.locator('[data-part="2m"]')).toBeVisible();
  await page.goto(new URL('postgresql/transactions-and-isolation/', site).href);
  await expect(page.locator('[data-part=deep-dive]')).toBeHidden();
  await page.goto(new URL('postgresql/transactions-and-isolation/#proof', site).href);
  await expect(page.locator('[data-part=proof]')).toBeVisible();
});

test('the home page leads back to the section that was read last', async ({ page, site }) => {
  await page.goto(site);
  await expect(page.locator('continue-reading')).toBeHidden();
  await page.goto(new URL('nodejs/event-loop/#proof', site).href);
  // The place is remembered once it has been read for two seconds.
  await expect
    .poll(() => page.evaluate(() => localStorage.getItem('architect-round') ?? ''), { timeout: 10_000 })
    .toContain('event-loop');
  await page.goto(site);
  await page.locator('continue-reading a').click();
  await expect(page).toHaveURL(/nodejs\/event-loop\/#/);
});

test('the home page counts what is answered, and does not lead back into it', async ({ page, site }) => {
  await page.addInitScript(() => {
    const at = '2026-11-22T10:00:00Z';
    const place = { guide: 'nodejs/event-loop', anchor: 'proof', heading: 'Proof', at };
    const read = { 'nodejs/event-loop': at, 'postgresql/indexing': at };
    localStorage.setItem('architect-round', JSON.stringify({ version: 1, read, depth: 'full', place }));
  });
  await page.goto(site);
  const all = await page.locator('.question-list a').count();
  await expect(page.getByText(`2 of ${all} answered`)).toBeVisible();
  await expect(page.locator('continue-reading')).toBeHidden();
  await page.goto(new URL('plan/ten-minutes/', site).href);
  await expect(page.locator('.question-list a.is-read')).toHaveCount(2);
});

test('the key r says at the top of a guide what it did, by the name that the keys give it', async ({
  page,
  site,
}) => {
  await page.goto(new URL('nodejs/event-loop/', site).href);
  await page.keyboard.press('r');
  const said = page.getByRole('status').filter({ hasText: 'Marked as answered. Press r to undo.' });
  await expect(said).toBeInViewport({ ratio: 1 });
  await page.keyboard.press('r');
  await expect(page.getByRole('status').filter({ hasText: 'No longer marked as answered.' })).toBeInViewport({
    ratio: 1,
  });
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('I can answer this');
});
