import { expect, test } from 'vitest';
import { regionOf, regionsOf } from './regions.ts';

test('regions are dedented, trimmed of blank ends and freed of inner markers', () => {
  const source = [
    'async function run() {',
    '    // #region outer',
    '',
    '    const a = 1;',
    '    // #region inner',
    '      const b = 2;',
    '    // #endregion inner',
    '',
    '    // #endregion outer',
    '}',
  ].join('\n');
  expect(regionsOf(source, 'x.ts').map(({ name, line, text }) => [name, line, text])).toEqual([
    ['outer', 2, 'const a = 1;\n  const b = 2;'],
    ['inner', 5, 'const b = 2;'],
  ]);
});

test('the comment marks of SQL, YAML, HTML and CSS are understood, and an end without a name closes the innermost', () => {
  for (const [open, close] of [
    ['-- #region a', '-- #endregion'],
    ['# #region a', '# #endregion a'],
    ['<!-- #region a -->', '<!-- #endregion a -->'],
    ['/* #region a */', '/* #endregion */'],
  ] as const) {
    expect(regionOf(`${open}\nbody\n${close}`, 'a', 'f')).toBe('body');
  }
});

test.each([
  ['// #region a\nx', /f\.ts:1: the region a is never closed/],
  ['// #region\nx\n// #endregion', /f\.ts:1: this region has no name/],
  ['x\n// #endregion a', /f\.ts:2: this closes a, but no region is open/],
  [
    '// #region a\n// #region b\n// #endregion a\n// #endregion b',
    /f\.ts:3: this closes a, but the open region is b/,
  ],
  ['// #region a\n// #endregion\n// #region a\n// #endregion', /f\.ts:3: a second region is named a/],
])('%j is refused with file and line', (source, message) => {
  expect(() => regionsOf(source, 'f.ts')).toThrow(message);
});

test('a missing region names those there are', () => {
  expect(() => regionOf('// #region a\nx\n// #endregion', 'b', 'f.ts')).toThrow(
    /f\.ts has no region “b”\. It has: a\./,
  );
});
