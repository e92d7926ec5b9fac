import AxeBuilder from '@axe-core/playwright';
import { addresses } from './addresses.ts';
import { expect, test } from './page.ts';

for (const theme of ['light', 'dark'] as const) {
  test.describe(`in ${theme}`, () => {
    test.use({ colorScheme: theme });
    for (const address of addresses) {
      test(`${address} has no accessibility violation`, async ({ page, site, isMobile }) => {
        test.skip(isMobile && theme === 'dark', 'the size changes no colour, and the colours no size');
        await page.goto(new URL(address.slice(1), site).href);
        // Folded answers are read too.
        await page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true;
        });
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(
          violations.map(
            ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
          ),
        ).toEqual([]);
      });
    }
  });
}
