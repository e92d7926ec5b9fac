import { globSync } from 'node:fs';

/** The address of every page of the build, below the site's base; the short addresses only lead on to others. */
export const addresses: readonly string[] = globSync('dist/**/*.html')
  .map((file) => file.replace(/^dist/, '').replace(/index\.html$/, ''))
  .filter((address) => !address.startsWith('/q/'))
  .sort();

/** The guides among them. */
export const guideAddresses: readonly string[] = addresses.filter((address) =>
  /^\/(system-design|nodejs|postgresql|infrastructure|leadership)\/[^/]+\/$/.test(address),
);
