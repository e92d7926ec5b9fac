import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pages } from './dist.ts';

const base = (process.env['SITE_BASE'] ?? '/').replace(/\/$/, '');
const byAddress = new Map(pages.map((page) => [page.address, page]));

test('every link within the site leads to a page, and every anchor to an element on it', () => {
  const broken: string[] = [];
  for (const page of pages) {
    for (const link of page.document.querySelectorAll('a[href]')) {
      const target = link.getAttribute('href') ?? '';
      if (/^[a-z]+:/.test(target)) continue;
      const url = new URL(target, `https://site.invalid${base}${page.address}`);
      const address = decodeURI(url.pathname.slice(base.length));
      const found = byAddress.get(address);
      if (!found) {
        if (!existsSync(`dist${address}`))
          broken.push(`${page.address} links to ${target}, which is no page`);
      } else if (
        url.hash &&
        !url.hash.startsWith('#:~:') &&
        !found.document.getElementById(decodeURIComponent(url.hash.slice(1).split(':~:')[0] ?? ''))
      ) {
        broken.push(`${page.address} links to ${target}, but that page has no such anchor`);
      }
    }
  }
  expect(broken).toEqual([]);
});

test('no page fetches anything from another origin', () => {
  const foreign: string[] = [];
  for (const { address, document } of pages) {
    for (const element of document.querySelectorAll(
      'script[src], img[src], iframe[src], source[src], video[src], link[href]',
    )) {
      if (element.matches('link[rel=canonical], link[rel=alternate]')) continue;
      const target = element.getAttribute('src') ?? element.getAttribute('href') ?? '';
      if (/^(https?:)?\/\//.test(target)) foreign.push(`${address} fetches ${target}`);
    }
  }
  expect(foreign).toEqual([]);
});
