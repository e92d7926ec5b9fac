import { expect, test } from './page.ts';

test.beforeEach(({ isMobile }) => {
  test.skip(!isMobile, 'on a wide screen the list stands beside the text');
});

test('the list of questions opens at the question read now, and leads to the other pages', async ({
  page,
  site,
}) => {
  await page.goto(new URL('postgresql/transactions-and-isolation/', site).href);
  await page.getByRole('button', { name: 'Questions' }).tap();
  const menu = page.getByRole('navigation', { name: 'All questions' });
  await expect(menu.locator('[aria-current=page]')).toBeInViewport();
  for (const name of ['All questions, to filter', 'Topics', 'Glossary'])
    await expect(menu.getByRole('link', { name, exact: true })).toHaveCount(1);
});

test('the list leads to the sections of the page, from wherever the reader is', async ({ page, site }) => {
  await page.goto(new URL('postgresql/transactions-and-isolation/#rubric', site).href);
  await page.getByRole('button', { name: 'Questions' }).tap();
  const menu = page.getByRole('navigation', { name: 'All questions' });
  await menu.getByText('Jump to a section').tap();
  await menu.getByRole('link', { name: 'What breaks' }).tap();
  await expect(menu).toBeHidden();
  await expect(page.locator('#what-breaks')).toBeInViewport();
});

test('its button makes room while the reader reads on', async ({ page, site }) => {
  await page.goto(new URL('postgresql/transactions-and-isolation/', site).href);
  const button = page.getByRole('button', { name: 'Questions' });
  await expect(button).toBeInViewport();
  await page.mouse.move(180, 300);
  await page.mouse.wheel(0, 500);
  await expect(button).not.toBeInViewport();
  await page.mouse.wheel(0, -200);
  await expect(button).toBeInViewport();
});

test('a term at the foot of the screen shows its definition whole', async ({ page, site }) => {
  await page.goto(new URL('postgresql/transactions-and-isolation/', site).href);
  const term = page.locator('a.term').first();
  await term.evaluate((element) => {
    scrollBy(0, element.getBoundingClientRect().bottom - innerHeight + 20);
  });
  await term.tap();
  const definition = page.locator('.definition:popover-open');
  await expect(definition).toBeInViewport({ ratio: 1 });
});
