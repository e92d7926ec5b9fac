import AxeBuilder from '@axe-core/playwright';
import { addresses, guideAddresses } from './addresses.ts';
import { expect, test } from './page.ts';

/** One guide of each category: in the dark the others differ from them only in their words. */
const inDark = guideAddresses.filter(
  (address, at) => guideAddresses.findIndex((other) => other.split('/')[1] === address.split('/')[1]) === at,
);

for (const theme of ['light', 'dark'] as const) {
  test.describe(`in ${theme}`, () => {
    test.use({ colorScheme: theme });
    for (const address of addresses) {
      if (theme === 'dark' && guideAddresses.includes(address) && !inDark.includes(address)) continue;
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
