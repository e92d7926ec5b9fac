import { HtmlValidate } from 'html-validate';
import { expect, test } from 'vitest';
import { pages } from './dist.ts';

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended'],
  rules: {
    // Astro writes void elements and attributes in its own style; the browser does not care.
    'void-style': 'off',
    'attribute-boolean-style': 'off',
    'attribute-empty-style': 'off',
    'no-trailing-whitespace': 'off',
    'doctype-style': 'off',
    // HTML lets an id start with a digit or an underscore; `#30s` is what a reader would guess.
    'valid-id': ['error', { relaxed: true }],
    // Titles are sentences here, and search engines shorten them gracefully.
    'long-title': 'off',
  },
});

test.each(pages.map((page) => [page.address, page] as const))('%s is valid HTML', async (_, { html }) => {
  const { results } = await validator.validateString(html);
  expect(
    results.flatMap(({ messages }) =>
      messages.map(({ line, column, ruleId, message }) => `${line}:${column} ${ruleId}: ${message}`),
    ),
  ).toEqual([]);
});

test('ids are unique on every page', () => {
  for (const { address, document } of pages) {
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    expect([address, ids.filter((id, index) => ids.indexOf(id) !== index)]).toEqual([address, []]);
  }
});
