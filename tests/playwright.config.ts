import { defineConfig, devices } from '@playwright/test';
import { findChromium } from './chromium.ts';

const executablePath = await findChromium();

/** Real Chromium on the built site, at the size of a desktop and of a phone. */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../test-results',
  // The checks of a long page in the slowest machine's Chromium take a while.
  timeout: 120_000,
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env['CI']),
  // Where tests run unattended the machine may stand still for seconds. What passes only at the second try is named as flaky.
  retries: process.env['CI'] ? 1 : 0,
  reporter: [['list']],
  globalSetup: './serve-dist.ts',
  use: {
    launchOptions: {
      executablePath,
      // Chromium as root needs --no-sandbox; the rest keeps it from calling home.
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  projects: [
    { name: 'desktop', use: { ...devices['Desktop Chrome'], viewport: { width: 1440, height: 900 } } },
    { name: 'phone', use: { ...devices['Pixel 7'], viewport: { width: 360, height: 740 } } },
  ],
});
