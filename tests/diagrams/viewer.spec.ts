import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { PNG } from 'pngjs';
import { addresses } from '../browser/addresses.ts';
import { expect, test } from '../browser/page.ts';
import { drawBlock } from '../../src/diagrams/page.ts';
import { createRenderer } from '../../src/diagrams/renderer.ts';

const withDiagram = addresses.find((address) =>
  readFileSync(`dist${address.endsWith('/') ? `${address}index.html` : address}`, 'utf8').includes(
    'data-diagram=',
  ),
);

/** A diagram with all that the viewer shows, whatever the site's own pages hold at the moment. */
const SOURCE = `sequenceDiagram
  %% id: lost-update
  %% caption: The second write wins, and nobody is told
  %% step 1 (A, #1-2): T1 reads \`100\`.
  %% step 2 (B, #3): T2 writes.
  accTitle: A lost update
  accDescr: Two transactions read the same balance, and the second write erases the first.
  participant A as T1
  participant D as the server
  participant B as T2
  A->>D: SELECT balance FROM account
  D-->>A: 100
  B->>D: UPDATE account SET balance = 50
  A->>D: UPDATE account SET balance = 90`;

const figure = (page: Page) => page.locator('#diagram-lost-update');
const viewBox = (page: Page) => page.locator('.diagram-stage > svg').getAttribute('viewBox');
const width = async (page: Page) => Number((await viewBox(page))?.split(' ')[2]);

const renderer = createRenderer();
let drawn = '';
test.beforeAll(async () => {
  drawn = await drawBlock(renderer, { source: SOURCE, line: 1 }, 'viewer.spec.ts', new Set());
});
test.afterAll(() => renderer.close());

test.beforeEach(async ({ page, site }) => {
  expect(withDiagram, 'a page with a diagram').toBeDefined();
  // Set into the page before its scripts run, in place of the page's first diagram.
  await page.route('**/*', async (route) => {
    if (route.request().resourceType() !== 'document') return route.continue();
    const response = await route.fetch();
    const html = await response.text();
    return route.fulfill({
      response,
      body: html.replace(/<figure class="diagram [^]*?<\/figure>/, () => drawn),
    });
  });
  await page.goto(new URL((withDiagram ?? '/').slice(1), site).href);
});

test('the viewer opens from the button, has no accessibility violation, and gives the focus back', async ({
  page,
}) => {
  const open = figure(page).getByRole('button', { name: 'Open diagram' });
  await open.click();
  await expect(page.getByRole('dialog')).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include('.diagram-viewer').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(open).toBeFocused();
});

test('the viewer opens from the drawing, by pointer and by Enter', async ({ page }) => {
  await figure(page).locator('.diagram-frame').click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await figure(page).locator('.diagram-frame').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
});

test('keys, wheel and drag zoom and move the drawing', async ({ page }) => {
  await figure(page).getByRole('button', { name: 'Open diagram' }).click();
  const fitted = await width(page);
  await page.keyboard.press('+');
  expect(await width(page)).toBeCloseTo(fitted / 1.25, 1);
  await page.keyboard.press('0');
  expect(await width(page)).toBeCloseTo(fitted, 1);
  const stage = page.locator('.diagram-stage');
  await stage.hover();
  await page.mouse.wheel(0, -300);
  await expect.poll(() => width(page)).toBeLessThan(fitted);
  const before = await viewBox(page);
  await page.mouse.down();
  await page.mouse.move(200, 300, { steps: 4 });
  await page.mouse.up();
  expect(await viewBox(page)).not.toBe(before);
  const moved = await viewBox(page);
  await page.keyboard.press('ArrowLeft');
  expect(await viewBox(page)).not.toBe(moved);
});

test('two fingers zoom', async ({ page }) => {
  await figure(page).getByRole('button', { name: 'Open diagram' }).click();
  const fitted = await width(page);
  await page.locator('.diagram-stage').evaluate((stage) => {
    stage.setPointerCapture = () => undefined;
    const finger = (type: string, pointerId: number, clientX: number) =>
      stage.dispatchEvent(new PointerEvent(type, { pointerId, clientX, clientY: 300, bubbles: true }));
    finger('pointerdown', 1, 140);
    finger('pointerdown', 2, 180);
    finger('pointermove', 1, 100);
    finger('pointermove', 2, 220);
    finger('pointerup', 1, 100);
    finger('pointerup', 2, 220);
  });
  expect(await width(page)).toBeLessThan(fitted * 0.6);
});

test('steps light up their parts, in order', async ({ page }) => {
  await figure(page).getByRole('button', { name: 'Open diagram' }).click();
  await page.getByRole('button', { name: 'Next step' }).click();
  await expect(page.locator('.diagram-stepper p')).toHaveText('1 of 2 T1 reads 100.');
  const lit = page.locator('.diagram-stage .is-lit');
  expect(await lit.count()).toBeGreaterThan(4);
  for (const part of await lit.all()) expect(await part.getAttribute('data-part')).toMatch(/(?:^| )1(?: |$)/);
  await page.keyboard.press('PageUp');
  await expect(lit).toHaveCount(0);
});

test('source, link and files leave the viewer', async ({ page, context, browserName }) => {
  if (browserName === 'chromium') await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await figure(page).getByRole('button', { name: 'Open diagram' }).click();
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());

  await page.getByRole('dialog').getByRole('button', { name: 'Copy source' }).click();
  await expect(page.getByRole('dialog').getByRole('status')).toHaveText('Source copied');
  expect(await clipboard()).toBe(SOURCE);

  await page.getByRole('dialog').getByRole('button', { name: 'Copy link' }).click();
  await expect(page.getByRole('dialog').getByRole('status')).toHaveText('Link copied');
  const link = new URL(await clipboard());
  expect(await page.locator(link.hash).count()).toBe(1);

  const [svg] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('dialog').getByRole('button', { name: 'Download SVG' }).click(),
  ]);
  const text = readFileSync(await svg.path(), 'utf8');
  expect(text).toMatch(/^<svg /);
  expect(text).toContain('src:url(data:font/woff2;base64,');
  expect(text).not.toContain('var(--');
  expect(
    await page.evaluate(
      (xml) => new DOMParser().parseFromString(xml, 'image/svg+xml').querySelector('parsererror'),
      text,
    ),
  ).toBeNull();

  const [png] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('dialog').getByRole('button', { name: 'Download PNG' }).click(),
  ]);
  const image = PNG.sync.read(readFileSync(await png.path()));
  const colours = new Set<number>();
  for (let at = 0; at < image.data.length; at += 4) colours.add(image.data.readUInt32BE(at));
  // A picture of a board, lines and letters, not an empty sheet.
  expect(colours.size).toBeGreaterThan(20);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });
  test('the diagram, its steps and its description are there, and no dead button', async ({ page }) => {
    await expect(figure(page).locator('svg')).toBeVisible();
    await expect(figure(page).locator('.diagram-steps > li').first()).toBeVisible();
    await expect(figure(page).getByText('Describe this diagram')).toBeVisible();
    await expect(figure(page).locator('[data-diagram-open]')).toBeHidden();
  });
});
