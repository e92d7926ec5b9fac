import { readFileSync } from 'node:fs';
import { addresses } from '../browser/addresses.ts';
import { expect, test } from '../browser/page.ts';

const withDiagrams = addresses.filter((address) =>
  readFileSync(`dist${address.endsWith('/') ? `${address}index.html` : address}`, 'utf8').includes(
    'data-diagram=',
  ),
);

/** Text in a diagram is never smaller than this on screen, in px; half a tenth is left to rounding. */
const SMALLEST = 11.45;

for (const address of withDiagrams)
  test(`diagrams of ${address} are readable at this width`, async ({ page, site }) => {
    await page.goto(new URL(address.slice(1), site).href);
    const diagrams = await page.evaluate(() =>
      [...document.querySelectorAll('figure.diagram')].map((figure) => {
        const frame = figure.querySelector('.diagram-frame');
        const svg = frame?.querySelector('svg');
        if (!frame || !svg) throw new Error(`${figure.id} has no drawing`);
        const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        const sizes = [...svg.querySelectorAll('text')].map((text) =>
          Number.parseFloat(getComputedStyle(text).fontSize),
        );
        const hint = figure.querySelector('.diagram-hint');
        return {
          id: figure.id,
          smallest: Math.min(...sizes) * scale,
          scrolls: frame.scrollWidth > frame.clientWidth,
          hinted: hint !== null && getComputedStyle(hint).display !== 'none',
          reachable: frame.getAttribute('tabindex') === '0',
          letters: getComputedStyle(svg).fontFamily,
        };
      }),
    );
    expect(diagrams.length).toBeGreaterThan(0);
    for (const { id, smallest, scrolls, hinted, reachable, letters } of diagrams) {
      expect(smallest, id).toBeGreaterThanOrEqual(SMALLEST);
      expect({ id, hinted, reachable: reachable || !scrolls }).toEqual({
        id,
        hinted: scrolls,
        reachable: true,
      });
      expect(letters, id).toMatch(/^"?Board/);
    }
  });

test('a diagram’s own anchor brings it into view', async ({ page, site }) => {
  const [address] = withDiagrams;
  test.skip(address === undefined, 'no page has a diagram');
  await page.goto(new URL((address ?? '/').slice(1), site).href);
  const last = page.locator('figure.diagram').last();
  const id = await last.getAttribute('id');
  await page.goto(`${page.url().split('#')[0] ?? ''}#${id ?? ''}`);
  await expect(last).toBeInViewport();
});
