import { defineConfig } from 'vitest/config';

/** Unit tests stand beside the code they test; `tests/` holds what is true of the built site. */
export default defineConfig({
  test: {
    root: '.',
    include: ['src/**/*.test.ts', 'tests/unit/**/*.test.ts'],
    testTimeout: 60_000,
  },
});
