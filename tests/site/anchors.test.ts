import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { movedPages } from '#share/moved.ts';
import { pages } from './dist.ts';

const file = 'tests/site/anchors.txt';
/** Places that readers share links to: what carries a link of its own, and the parts of a guide. */
const shared = 'a[data-copy-link], a.sl-anchor-link';
const present = pages
  .flatMap(({ address, document }) =>
    [...document.querySelectorAll(shared)].map((link) => `${address}${link.getAttribute('href') ?? ''}`),
  )
  .sort();

/**
 * `npm test -- site` with `ANCHORS=record` writes the list anew after new places were published; a place that vanished
 * stays in the list, and needs a line in `src/share/moved.ts`.
 */
const read = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);
if (process.env['ANCHORS'] === 'record')
  writeFileSync(file, `${[...new Set([...read(), ...present])].sort().join('\n')}\n`);
const published = read();

test('no address that was published vanishes', () => {
  const gone = published.filter((address) => {
    const [path = '', anchor = ''] = address.split('#');
    const now = movedPages[path] ?? path;
    return !pages.find((page) => page.address === now)?.document.getElementById(anchor);
  });
  expect(
    gone,
    'These places were published and are gone. Bring them back, or say in src/share/moved.ts what took them over.',
  ).toEqual([]);
});

test('every place that can be shared is in the list of those published', () => {
  const known = new Set(published);
  expect(
    present.filter((address) => !known.has(address)),
    `New places: add them with ANCHORS=record npm test -- site, and commit ${file}.`,
  ).toEqual([]);
});
