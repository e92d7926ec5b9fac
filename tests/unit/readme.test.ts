import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

const readme = readFileSync('README.md', 'utf8');

test('the map in the README names every room', () => {
  const rooms = readdirSync('src', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'content')
    .map(({ name }) => `src/${name}/`);
  expect(
    [...rooms, 'src/content/docs/', 'public/', 'tests/'].filter((room) => !readme.includes(`\`${room}\``)),
  ).toEqual([]);
});

test('every npm script that the README mentions exists', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const named = [...readme.matchAll(/npm (?:run )?([a-z:]+)/g)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'ci');
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
