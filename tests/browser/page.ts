import { test as base, expect } from '@playwright/test';

/** Playwright's `test` with the site's address, failing on any script error and on any request to another origin. */
export const test = base.extend<{ site: string; watched: undefined }>({
  site: async ({}, use) => {
    await use(process.env['SITE'] ?? '');
  },
  baseURL: async ({ site }, use) => {
    await use(site);
  },
  watched: [
    async ({ page, site }, use) => {
      const wrong: string[] = [];
      page.on('pageerror', (error) => wrong.push(`script error: ${error.message}`));
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(site) && !/^(data|blob|about):/.test(url))
          wrong.push(`request to another origin: ${url}`);
      });
      await use(undefined);
      expect(wrong).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
