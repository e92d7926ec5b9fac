import { defineConfig } from 'vitest/config';

/** Checks of what `astro build` wrote to `dist`. */
export default defineConfig({
  test: { root: '.', include: ['tests/site/**/*.test.ts'], testTimeout: 120_000 },
});
