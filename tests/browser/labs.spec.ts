import { expect, test } from './page.ts';

const guide = 'postgresql/transactions-and-isolation/';
const trace = '#lab-write-skew step-through >> nth=0';

test('a trace is whole before anything is touched, and its script is fetched only when it comes near', async ({
  page,
}) => {
  const scripts: string[] = [];
  page.on('request', (request) => {
    if (/step-through[^/]*\.js/.test(request.url())) scripts.push(request.url());
  });
  await page.goto(guide);
  const steps = page.locator(trace);
  expect(await steps.locator('[data-step]').count()).toBeGreaterThan(4);
  expect(scripts).toEqual([]);
  await steps.scrollIntoViewIfNeeded();
  await expect(steps.getByRole('button', { name: 'Next' })).toBeEnabled();
  expect(scripts).toHaveLength(1);
  for (const step of await steps.locator('[data-step]').all())
    await expect(step.locator('.step-line')).toBeVisible();
});

test('a reader walks by buttons and by keys, is told each step, and can show all again', async ({ page }) => {
  await page.goto(guide);
  const steps = page.locator(trace);
  await steps.scrollIntoViewIfNeeded();
  const next = steps.getByRole('button', { name: 'Next' });
  await next.click();
  await expect(steps.locator('[data-step]').nth(0)).toHaveAttribute('aria-current', 'step');
  await expect(steps.locator('[data-step]').nth(1).locator('.step-line')).toBeHidden();
  await expect(steps.getByRole('status')).toHaveText(/^Step 1 of \d+\. .*BEGIN/);
  await next.press('ArrowRight');
  await expect(steps.locator('[data-step]').nth(1)).toHaveAttribute('aria-current', 'step');
  await next.press('ArrowLeft');
  await next.press('End');
  const last = steps.locator('[data-step]').last();
  await expect(last).toHaveAttribute('aria-current', 'step');
  await expect(last).toBeInViewport();
  await next.press('Escape');
  await expect(steps.locator('[data-later]')).toHaveCount(0);
  await expect(steps.getByRole('status')).toHaveText(/^All \d+ steps are shown/);
});

test('it plays by itself and pauses', async ({ page }) => {
  await page.clock.install();
  await page.goto(guide);
  const steps = page.locator(trace);
  await steps.scrollIntoViewIfNeeded();
  await steps.getByRole('button', { name: 'Play' }).click();
  await expect(steps.locator('[data-place]')).toHaveText(/^Step 1 of/);
  await page.clock.runFor(7000);
  await expect(steps.locator('[data-place]')).not.toHaveText(/^Step 1 of/);
  await steps.getByRole('button', { name: 'Pause' }).click();
  const place = await steps.locator('[data-place]').textContent();
  await page.clock.runFor(20_000);
  await expect(steps.locator('[data-place]')).toHaveText(place ?? '');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('every step, fact and measurement is there, and no dead button', async ({ page }) => {
    await page.goto(guide);
    const lab = page.locator('#lab-write-skew');
    await expect(lab.locator('step-through').first().locator('.step-line').last()).toBeVisible();
    await expect(lab.locator('.facts').first()).toBeVisible();
    await expect(lab.getByRole('button')).toHaveCount(0);
  });
});

test('on paper all steps are there, whatever was shown', async ({ page }) => {
  await page.goto(guide);
  const steps = page.locator(trace);
  await steps.scrollIntoViewIfNeeded();
  await steps.getByRole('button', { name: 'Next' }).click();
  await page.emulateMedia({ media: 'print' });
  await expect(steps.locator('.step-line').last()).toBeVisible();
  await expect(steps.locator('.steps-bar')).toBeHidden();
});
