import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './page.ts';

const guide = 'leadership/challenging-backend-issue/';

test('a story is kept in the browser, its length told, and its points ticked', async ({ page, site }) => {
  await page.goto(new URL(`${guide}#your-story`, site).href);
  const situation = page.getByLabel('Situation', { exact: true });
  await situation.fill('Checkout stood still for nine minutes on a Friday.');
  await expect(page.getByText('9 words, about 0:04 minutes to say.')).toBeVisible();
  const point = page.locator('.story-check input').first();
  await point.check();
  await page.reload();
  await expect(situation).toHaveValue('Checkout stood still for nine minutes on a Friday.');
  await expect(point).toBeChecked();
});

test('a telling is timed, paused and begun anew', async ({ page, site }) => {
  await page.clock.install();
  await page.goto(new URL(`${guide}#your-story`, site).href);
  const clock = page.getByRole('timer');
  await expect(clock).toHaveText('2:00');
  await page.getByRole('button', { name: 'Tell it in two minutes' }).click();
  await page.clock.runFor(21_000);
  await expect(clock).toHaveText('1:39');
  await expect(page.locator('[data-now]')).toHaveText('Stakes');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.clock.runFor(10_000);
  await expect(clock).toHaveText('1:39');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.clock.runFor(105_000);
  await expect(clock).toHaveText('+0:06');
  await expect(page.locator('[data-now]')).toHaveText('Time is over. Land the story.');
  await page.getByRole('button', { name: 'Start over' }).click();
  await expect(clock).toHaveText('2:00');
});

test('all that is remembered can be saved, deleted and taken in again', async ({ page, site }) => {
  await page.goto(new URL(`${guide}#your-story`, site).href);
  await page.getByLabel('Stakes', { exact: true }).fill('Ten thousand orders.');
  await page.goto(new URL('your-data/', site).href);
  await expect(page.getByText('1 story of your own')).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save to a file' }).click();
  const file = await (await download).path();
  expect(readFileSync(file, 'utf8')).toContain('Ten thousand orders.');

  await page.getByRole('button', { name: 'Delete everything' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText('Nothing yet.')).toBeVisible();
  await page.getByLabel('Take in a file').setInputFiles(file);
  await expect(page.getByText('1 story of your own')).toBeVisible();
  await page.getByLabel('Take in a file').setInputFiles({
    name: 'other.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"some":"thing"}'),
  });
  await expect(page.getByText('This is not a file that The Architect Round exported')).toBeVisible();
  await expect(page.getByText('1 story of your own')).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

test('without script a story is a worksheet', async ({ browser, site }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(new URL(`${guide}#your-story`, site).href);
  await expect(page.locator('.story-kept noscript')).toBeVisible();
  await expect(page.getByLabel('Situation', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Tell it in two minutes' })).toBeHidden();
  await context.close();
});
