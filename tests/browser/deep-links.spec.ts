import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { JSDOM } from 'jsdom';
import { expect, test } from './page.ts';

const guide = 'postgresql/transactions-and-isolation/';

/** The address of the last place of a kind on a page: the one that is farthest from where the page begins. */
function last(page: string, selector: string): string {
  const { document } = new JSDOM(readFileSync(`dist/${page}index.html`, 'utf8')).window;
  const place = [...document.querySelectorAll(selector)].at(-1);
  if (!place) throw new Error(`${page} has no ${selector}.`);
  return `${page}#${place.id}`;
}

/** One link of every kind that a reader can send. */
const links: readonly (readonly [kind: string, address: string])[] = [
  ['a part', last(guide, 'section[data-part] h2[id]')],
  ['a section of the deep dive', last(guide, '[data-part=deep-dive] h3[id]')],
  ['a diagram', last(guide, 'figure.diagram[id]')],
  ['a lab', last(guide, '.lab[id]')],
  ['a failure', last(guide, '.failure[id]')],
  ['a follow-up', last(guide, 'details .answer[id]')],
  ['a row of the rubric', last(guide, '.rubric[id]')],
  ['a glossary term', last('glossary/', '.entry[id]')],
];

/** The place stands in view, unfolded, below the header that stays. */
async function expectThere(page: Page, address: string) {
  const place = page.locator(`[id="${address.split('#')[1] ?? ''}"]`);
  await expect(place).toBeVisible();
  await expect(place).toBeInViewport();
  await expect
    .poll(async () => {
      const [top, header] = await Promise.all([
        place.evaluate((element) => element.getBoundingClientRect().top),
        page.locator('.site-header').evaluate((element) => {
          const { position } = getComputedStyle(element);
          return position === 'fixed' || position === 'sticky' ? element.getBoundingClientRect().bottom : 0;
        }),
      ]);
      return top - header;
    })
    .toBeGreaterThanOrEqual(-1);
}

for (const script of [true, false]) {
  test.describe(script ? 'with script' : 'without script', () => {
    test.use({ javaScriptEnabled: script });
    for (const [kind, address] of links)
      test(`a link to ${kind} arrives there, cold`, async ({ page, site }) => {
        await page.goto(new URL(address, site).href);
        await expectThere(page, address);
      });

    test('the short address leads to the guide', async ({ page, site }) => {
      await page.goto(new URL('q/16/', site).href);
      await expect(page).toHaveURL(new URL(guide, site).href);
    });
  });
}

test('a link into what a remembered short depth hides shows it', async ({ page, site }) => {
  await page.goto(new URL(`${guide}?depth=30s`, site).href);
  const [, address = ''] = links.find(([kind]) => kind === 'a lab') ?? [];
  await page.goto(new URL(address, site).href);
  await expectThere(page, address);
});

test('a follow-up is shared from its own menu: link, text and code', async ({ page, site, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const [, address = ''] = links.find(([kind]) => kind === 'a follow-up') ?? [];
  const url = new URL(address, site).href;
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await page.goto(url);
  const link = page.locator(`[id="${address.split('#')[1] ?? ''}"] .share-place`);
  await link.click();
  const menu = page.getByRole('dialog', { name: 'Share this question' });
  await menu.getByRole('button', { name: 'Copy link' }).click();
  await expect(menu.getByRole('status')).toHaveText('Copied.');
  expect(await copied()).toBe(url);
  await menu.getByRole('button', { name: 'Copy question and answer' }).click();
  await expect.poll(copied).toMatch(/^\*\*.+\?\*\*\n\n[\s\S]{100,}/);
  expect(await copied()).toContain(url);
  expect(await menu.getByRole('img').evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBeGreaterThan(50); // prettier-ignore
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(link).toBeFocused();
});

test('the link beside a diagram copies its address', async ({ page, site, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const [, address = ''] = links.find(([kind]) => kind === 'a diagram') ?? [];
  await page.goto(new URL(address, site).href);
  const figure = page.locator(`[id="${address.split('#')[1] ?? ''}"]`);
  await figure.hover();
  await figure.locator('a[data-copy-link]').click();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe(new URL(address, site).href);
});

test('a link to selected words arrives, also when the selection ends within a word', async ({
  page,
  site,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(new URL(guide, site).href);
  const paragraph = page.locator('[data-part=deep-dive] p').nth(6);
  await paragraph.scrollIntoViewIfNeeded();
  await paragraph.evaluate((element) => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const first = texts.nextNode();
    const words = /^\s*\S+\s+\S+\s+(\S+)/.exec(first?.textContent ?? '');
    if (!first || !words?.[1]) throw new Error('The paragraph does not begin with three words.');
    // From the second letter to the middle of the third word.
    const end = words[0].length - words[1].length + Math.ceil(words[1].length / 2);
    getSelection()?.setBaseAndExtent(first, 1, first, end);
  });
  await page.getByRole('button', { name: 'Copy link to this' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/#[\w-]+:~:text=/);
  const arrived = await context.newPage();
  await arrived.goto(copied);
  await expect(arrived.locator('[data-part=deep-dive] p').nth(6)).toBeInViewport();
});
