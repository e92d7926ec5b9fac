import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { guidePages } from './dist.ts';

const base = (process.env['SITE_BASE'] ?? '/').replace(/\/$/, '');
const file = (address: string) => `dist${decodeURI(address).slice(base.length)}`;
const weigh = (content: string | Buffer) => brotliCompressSync(content).length;

/** The scripts that a page's scripts import at once, by following the imports of the built modules. */
function withImports(address: string, seen = new Set<string>()): Set<string> {
  if (seen.has(address)) return seen;
  seen.add(address);
  const code = readFileSync(file(address), 'utf8');
  for (const [, target = ''] of code.matchAll(/(?:^|[;}\s])import(?:[^"'()]*from)?\s*["'](\.[^"']+)["']/g)) {
    withImports(new URL(target, `https://site.invalid${address}`).pathname, seen);
  }
  return seen;
}

/**
 * What a reader's browser fetches to show a page, in bytes after brotli: the page, its styles, typeface and scripts. The
 * requests count the page's icon and its style for print too, which are fetched when nothing else waits.
 */
function weightOf(document: Document, html: string) {
  const of = (selector: string, attribute: string) =>
    [...document.querySelectorAll(selector)].map((element) => element.getAttribute(attribute) ?? '');
  const scripts = new Set(of('script[src]', 'src').flatMap((address) => [...withImports(address)]));
  const styles = of('link[rel=stylesheet]:not([media=print])', 'href');
  const fonts = of('link[rel=preload][as=font]', 'href');
  const sum = (addresses: Iterable<string>) =>
    [...addresses].reduce((total, address) => total + weigh(readFileSync(file(address))), 0);
  return {
    requests: 1 + scripts.size + of('link[rel=stylesheet], link[rel~=icon]', 'href').length + fonts.length,
    script: sum(scripts),
    // The typeface is compressed already.
    total:
      weigh(html) +
      sum(scripts) +
      sum(styles) +
      fonts.reduce((total, address) => total + readFileSync(file(address)).length, 0),
  };
}

test.each(guidePages.map((page) => [page.address, page] as const))('%s is light', (_, { document, html }) => {
  const { script, total, requests } = weightOf(document, html);
  expect(script).toBeLessThanOrEqual(10_000);
  expect(total).toBeLessThanOrEqual(60_000);
  expect(requests).toBeLessThanOrEqual(8);
});
