import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { mdxToJs } from 'satteri';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { labRegions } from './regions-plugin.ts';

const root = mkdtempSync(path.join(tmpdir(), 'regions-'));
const page = path.join(root, 'src/content/docs/postgresql/sample.mdx');

beforeAll(() => {
  mkdirSync(path.dirname(page), { recursive: true });
  mkdirSync(path.join(root, 'src/labs/postgresql/sample/order'), { recursive: true });
  writeFileSync(
    path.join(root, 'src/labs/postgresql/sample/order.ts'),
    [
      'function run() {',
      '  // #region attempt',
      '  const a = "--x";',
      '    deeper();',
      '  // #endregion attempt',
      '}',
    ].join('\n'),
  );
  writeFileSync(
    path.join(root, 'src/labs/postgresql/sample/order/setup.sql'),
    '-- #region table\nCREATE TABLE t ();\n-- #endregion\n',
  );
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

const frontmatter = '---\ntitle: x\n---\n\n';

async function render(body: string): Promise<string> {
  writeFileSync(page, frontmatter + body);
  const { code } = await mdxToJs(body, { fileURL: pathToFileURL(page), mdastPlugins: [labRegions(root)] });
  return code;
}

test('an empty fence is filled with the dedented region, under the name of its file', async () => {
  const html = await render('<Lab name="order">\n\n```ts lab="order#attempt" {1}\n```\n\n</Lab>\n');
  expect(html).toContain(String.raw`const a = \"--x\";\n  deeper();`);
  expect(html).not.toContain('function run');
  expect(html).not.toContain('#endregion');
});

test('a file below the folder of the labs is named with its ending, and may be shown whole', async () => {
  expect(await render('```sql lab="order/setup.sql#table"\n```\n')).toContain('CREATE TABLE t ();');
  const whole = await render('```sql lab="order/setup.sql"\n```\n');
  expect(whole).toContain('CREATE TABLE t ();');
  expect(whole).not.toContain('region');
});

test('other fences are left alone', async () => {
  expect(await render('```ts title="x.ts"\nconst b = 2;\n```\n')).toContain('const b = 2;');
});

test.each([
  [
    'a missing region',
    'text\n\n```ts lab="order#nothing"\n```\n',
    /sample\.mdx:7 .*order\.ts has no region “nothing”\. It has: attempt\./,
  ],
  ['a missing lab', '```ts lab="other#x"\n```\n', /sample\.mdx:5 There is no file .*other\.ts/],
  [
    'a fence that is not empty',
    '```ts lab="order#attempt"\nconst c = 3;\n```\n',
    /sample\.mdx:5 A lab fence must be empty/,
  ],
  [
    'another language',
    '```sql lab="order#attempt"\n```\n',
    /sample\.mdx:5 The fence says sql, but order\.ts is ts\./,
  ],
  [
    'the second of two equal fences',
    '```ts lab="order#attempt"\n```\n\n```ts lab="order#gone"\n```\n',
    /sample\.mdx:8 /,
  ],
])('%s stops the build with file and line', async (_, body, message) => {
  await expect(render(body)).rejects.toThrow(message);
});
