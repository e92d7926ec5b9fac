import { globSync } from 'node:fs';

const all = globSync('dist/**/*.html')
  .map((file) => file.replace(/^dist/, '').replace(/index\.html$/, ''))
  .sort();
/** Topic pages differ in nothing but their words: one stands for them. */
const topic = all.find((address) => /^\/topics\/.+/.test(address));

/** The address of every page of the build, below the site's base; the short addresses only lead on to others. */
export const addresses: readonly string[] = all.filter(
  (address) => !address.startsWith('/q/') && (!/^\/topics\/.+/.test(address) || address === topic),
);

/** The guides among them. */
export const guideAddresses: readonly string[] = addresses.filter((address) =>
  /^\/(system-design|nodejs|postgresql|infrastructure|leadership)\/[^/]+\/$/.test(address),
);
