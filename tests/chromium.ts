import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from '@playwright/test';

const SYSTEM: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  ],
};

/** Whether a file is a browser that starts: some systems have a script in its place that only says how to install one. */
function starts(file: string): boolean {
  if (!existsSync(file)) return false;
  // Asked for its version, Chrome on Windows opens a window instead.
  if (process.platform === 'win32') return true;
  return spawnSync(file, ['--version'], { timeout: 20_000, stdio: 'ignore' }).status === 0;
}

function run(command: string, args: readonly string[]): boolean {
  console.error(`No Chromium yet: running \`${[path.basename(command), ...args].join(' ')}\``);
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: 600_000 }).status === 0;
}

function playwrightInstalls(): boolean {
  const cli = path.join(
    path.dirname(createRequire(import.meta.url).resolve('playwright/package.json')),
    'cli.js',
  );
  return run(process.execPath, [cli, 'install', 'chromium']);
}

function debianInstalls(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  return (
    run('apt-get', ['update', '-q']) &&
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'])
  );
}

/**
 * Finds a Chromium to test with: the one named by `CHROMIUM_PATH`, the system's, Playwright's own; else has Playwright
 * download its own, else (as root on Debian and its kin) installs the system's package. Says on stderr what it installs.
 * @returns path of the program
 * @throws when `CHROMIUM_PATH` names none that starts, or none can be had; says what to do
 */
export function findChromium(): Promise<string> {
  return (search ??= new Promise((resolve) => {
    resolve(findNow());
  }));
}

let search: Promise<string> | undefined;

function findNow(): string {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined) {
    if (starts(named)) return named;
    throw new Error(`CHROMIUM_PATH is ${named}, but no browser starts from there.`);
  }
  const places = [...(SYSTEM[process.platform] ?? []), chromium.executablePath()];
  for (const install of [undefined, playwrightInstalls, debianInstalls]) {
    if (install && !install()) continue;
    const found = places.find(starts);
    if (found !== undefined) return found;
  }
  throw new Error(
    'There is no Chromium, and none could be installed. Install Chromium or Chrome, or name one by CHROMIUM_PATH.',
  );
}
