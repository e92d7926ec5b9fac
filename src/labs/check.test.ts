import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { check, type CheckOptions, type Tally } from './check.ts';
import { findLabs } from './catalogue.ts';
import { placesIn } from './paths.ts';
import type { Result } from './result.ts';
import type { Ran } from './runner.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'labs-check-'));
  for (const folder of ['src/labs/postgresql/sample', 'src/content/docs/postgresql'])
    mkdirSync(path.join(root, folder), { recursive: true });
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const put = (file: string, text: string): void => {
  writeFileSync(path.join(root, file), text);
};
const result = (value: number): Result => ({
  title: 'T',
  claim: 'C',
  facts: [{ name: 'balance', value }],
  holds: ['a < b'],
  traces: [],
  measured: { on: '2026-01-02', with: {}, machine: '', measures: [], plots: [] },
});
const put3 = (name: string, value = 70): void => {
  put(`src/labs/postgresql/sample/${name}.ts`, '// #region r\nx\n// #endregion r');
  put(`src/labs/postgresql/sample/${name}.result.json`, JSON.stringify(result(value)));
};
const ran = (value: number, broken: string[] = []): Ran => ({
  state: 'ran',
  result: { ...result(value), holds: broken.length > 0 ? [] : ['a < b'] },
  broken,
  ms: 1234,
});

async function run(
  answer: (name: string) => Ran,
  more: Partial<CheckOptions> = {},
): Promise<Tally & { lines: string }> {
  const places = placesIn(root);
  const lines: string[] = [];
  const tally = await check({
    places,
    categories: ['postgresql'],
    labs: findLabs(places.labs, ['postgresql']).labs,
    whole: true,
    tier: 'npm',
    strict: false,
    run: (file) => Promise.resolve(answer(path.basename(file, '.ts'))),
    print: (line) => lines.push(line),
    ...more,
  });
  return { ...tally, lines: lines.join('\n') };
}

test('a lab that proves what is recorded passes, with its time; the last line is the tally', async () => {
  put3('lock');
  put('src/content/docs/postgresql/sample.mdx', '<Lab name="lock">\n\n```ts lab="lock#r"\n```\n\n</Lab>\n');
  const { lines } = await run(() => ran(70));
  expect(lines).toContain('✓ postgresql/sample/lock (1.2 s)');
  expect(lines.split('\n').at(-1)).toBe('1 passed, 0 failed, 0 skipped');
});

test('a changed fact fails, naming the lab, what was recorded and what was seen', async () => {
  put3('lock');
  put('src/content/docs/postgresql/sample.mdx', '<Lab name="lock" />\n');
  const { lines, failed } = await run(() => ran(71));
  expect(failed).toBe(1);
  expect(lines).toContain(
    '✗ postgresql/sample/lock (1.2 s)\n    fact “balance”\n      recorded  70\n      seen      71\n    If this is right, record it: npm run labs -- --record postgresql/sample/lock',
  );
});

test('a lab that does not pass runs once more, alone: passing then, it counts, and the first try is told', async () => {
  put3('lock');
  put('src/content/docs/postgresql/sample.mdx', '<Lab name="lock" />\n');
  const alone: (boolean | undefined)[] = [];
  const { lines, passed, failed } = await run(() => ran(70), {
    run: (_, options) => Promise.resolve(ran(alone.push(options.alone) === 1 ? 71 : 70)),
  });
  expect({ passed, failed, alone }).toEqual({ passed: 1, failed: 0, alone: [undefined, true] });
  expect(lines).toMatch(/✓ postgresql\/sample\/lock .*second try.*\n {4}fact “balance”\n.*70\n.*71/);
});

test('a lab that cannot run a second time fails', async () => {
  put3('lock');
  put('src/content/docs/postgresql/sample.mdx', '<Lab name="lock" />\n');
  const { failed, lines } = await run(() => ran(70), {
    run: (_, { alone }) =>
      Promise.resolve(
        alone ? { state: 'missing', reason: 'gone', ms: 1 } : { state: 'failed', error: 'lost', ms: 1 },
      ),
  });
  expect(failed).toBe(1);
  expect(lines).toContain('could not run a second time');
});

test('a statement that no longer holds fails once', async () => {
  put3('lock');
  put('src/content/docs/postgresql/sample.mdx', '<Lab name="lock" />\n');
  const { lines, failed } = await run(() => ran(70, ['a < b']));
  expect(failed).toBe(1);
  expect(lines).toContain('it does not hold that a < b');
  expect(lines).not.toContain('recorded');
});

test('orphans and missing pieces fail, each with what to do', async () => {
  put3('shown');
  put3('unshown');
  put('src/labs/postgresql/sample/new.ts', '');
  put('src/labs/postgresql/sample/gone.result.json', '{}');
  mkdirSync(path.join(root, 'src/labs/postgresql/unwritten'));
  put('src/labs/postgresql/unwritten/alone.ts', '');
  put('src/labs/postgresql/unwritten/alone.result.json', JSON.stringify(result(70)));
  put(
    'src/content/docs/postgresql/sample.mdx',
    '<Lab name="shown" />\n\n<Lab name="new" />\n\n<Lab name="nowhere" />\n\n```ts lab="shown#none"\n```\n',
  );
  const { lines, failed, passed } = await run(() => ran(70));
  for (const message of [
    /postgresql\/sample\/unshown\n {4}is not shown by its guide\. Add <Lab name="unshown">/,
    /postgresql\/sample\/new\n {4}has no recorded result\. Record it: npm run labs -- --record postgresql\/sample\/new/,
    /postgresql\/sample\/gone\n {4}is a result whose lab is gone/,
    /postgresql\/unwritten\/alone\n {4}is a lab without a page/,
    /sample\.mdx:5\n {4}shows the lab “nowhere”, but src\/labs\/postgresql\/sample\/nowhere\.ts does not exist/,
    /sample\.mdx:7\n {4}.*shown\.ts has no region “none”\. It has: r\./,
  ]) expect(lines).toMatch(message); // prettier-ignore
  expect({ failed, passed }).toEqual({ failed: 6, passed: 3 });
});

test('an engine that is not there is a skip by name, and a failure in strict mode', async () => {
  put3('lock');
  put('src/content/docs/postgresql/sample.mdx', '<Lab name="lock" />\n');
  const missing = (): Ran => ({ state: 'missing', reason: 'Redis: not on PATH', ms: 1 });
  expect(await run(missing)).toMatchObject({
    skipped: 1,
    failed: 0,
    lines: expect.stringContaining('– postgresql/sample/lock skipped: Redis: not on PATH') as string,
  });
  expect(await run(missing, { strict: true })).toMatchObject({ skipped: 0, failed: 1 });
});

test('labs of the other tier are counted by neither', async () => {
  put3('lock');
  put('src/content/docs/postgresql/sample.mdx', '<Lab name="lock" />\n');
  const tally = await run(
    () => ({ state: 'declined', needs: { engines: ['postgres'], alone: false, timeout: 60 }, ms: 1 }),
    { tier: 'services' },
  );
  expect(tally).toMatchObject({ passed: 0, failed: 0, skipped: 0 });
  expect(tally.lines).toContain('1 more need no service: npm test');
});
