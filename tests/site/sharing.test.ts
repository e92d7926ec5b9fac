import { existsSync, readFileSync, statSync } from 'node:fs';
import openGraph from 'open-graph-scraper';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { guidePages } from './dist.ts';

const meta = (document: Document, name: string) =>
  document.querySelector(`meta[property="${name}"], meta[name="${name}"]`)?.getAttribute('content') ?? '';

test.each(guidePages.map((page) => [page.address, page] as const))(
  '%s tells a link preview what it is',
  async (address, { document }) => {
    expect(document.querySelector('link[rel=canonical]')?.getAttribute('href')).toMatch(
      new RegExp(`${address}$`),
    );
    expect(meta(document, 'description').length).toBeLessThanOrEqual(160);
    expect(meta(document, 'og:description')).toBe(meta(document, 'description'));
    expect(meta(document, 'twitter:card')).toBe('summary_large_image');

    const card = `dist/cards${address.replace(/\/$/, '')}.png`;
    expect(meta(document, 'og:image')).toMatch(new RegExp(`/cards${address.replace(/\/$/, '')}\\.png$`));
    expect(await sharp(card).metadata()).toMatchObject({ width: 1200, height: 630, format: 'png' });
    expect(statSync(card).size).toBeLessThanOrEqual(80_000);

    const data = [...document.querySelectorAll('script[type="application/ld+json"]')].map(
      ({ textContent }) => JSON.parse(textContent) as Record<string, unknown>,
    );
    const asked = document.querySelector('h1')?.textContent.trim();
    expect(data).toContainEqual(expect.objectContaining({ '@type': 'TechArticle', headline: asked }));
    expect(data).toContainEqual(expect.objectContaining({ '@type': 'BreadcrumbList' }));
  },
);

test.each(guidePages.map((page) => [page.address, page] as const))(
  '%s can be had as Markdown and by its short address',
  (address, { document }) => {
    const number =
      /Question (\d+)/.exec(document.querySelector('.guide-facts')?.textContent ?? '')?.[1] ?? '';
    expect(readFileSync(`dist${address}index.md`, 'utf8')).toMatch(/^# .+\n[\s\S]*## Sources\n/);
    expect(readFileSync(`dist/q/${number}/index.html`, 'utf8')).toContain(address);
  },
);

test.each(guidePages.map((page) => [page.address, page] as const))(
  'a public parser of link previews reads of %s what the page says',
  async (address, { html, document }) => {
    const { error, result } = await openGraph({ html });
    expect(error).toBe(false);
    expect(result.ogTitle).toBe(document.querySelector('h1')?.textContent.trim());
    expect(result.ogDescription).toBe(meta(document, 'description'));
    expect(result.ogUrl).toMatch(new RegExp(`${address}$`));
    expect(result.ogSiteName).toBe('The Architect Round');
    expect(result.ogImage?.[0]).toMatchObject({
      url: meta(document, 'og:image'),
      width: '1200',
      height: '630',
      alt: result.ogTitle,
    });
    expect(result.twitterCard).toBe('summary_large_image');
  },
);

test('the site map, the feed, robots.txt and llms.txt name every guide or lead to it', () => {
  for (const file of ['dist/sitemap-index.xml', 'dist/robots.txt']) expect(existsSync(file)).toBe(true);
  for (const file of ['dist/sitemap-0.xml', 'dist/feed.xml', 'dist/llms.txt']) {
    const text = readFileSync(file, 'utf8');
    for (const { address } of guidePages) expect([file, text.includes(address)]).toEqual([file, true]);
  }
});
