import { expect, test } from 'vitest';
import { findOnPath } from '../engines/path.ts';
import { checkCode, problemText } from './check.ts';

const fence = (language: string, code: string): string => `\`\`\`${language}\n${code}\n\`\`\`\n`;
const check = async (...parts: string[]): Promise<string[]> =>
  (await checkCode([{ file: 'g.mdx', source: `---\ntitle: x\n---\n\n${parts.join('\n')}` }])).problems.map(
    problemText,
  );

test.each([
  ['ts', "import { readFile } from 'node:fs/promises';\nconst text: string = await readFile('x', 'utf8');"],
  ['ts', 'const answer = await db.query(sql); // names left open without imports'],
  ['ts', "import pg from 'pg';\nconst pool = new pg.Pool({ max: 10 });\nawait pool.query('SELECT 1');"],
  ['js', 'for (const item of items) console.log(item);'],
  ['sql', 'BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT count(*) FROM t WHERE a = $1; COMMIT;'],
  ['sql', 'ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;'],
  ['sql', 'CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;'],
  ['yaml', 'a: 1\n---\nb: [1, 2]'],
  ['yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }'],
  ['yaml', 'groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: rate(x[5m]) > 1'],
  ['json', '{ "a": [1] }'],
  ['bash', 'for i in 1 2; do echo "$i"; done'],
  ['dockerfile', 'ARG V=26\nFROM node:${V}\nCOPY . .\nCMD ["node", "x.js"]'],
  [
    'promql',
    'sum(rate(http_requests_total{code=~"5.."}[5m]))\n\nhistogram_quantile(0.99, sum by (le) (rate(x_bucket[5m])))',
  ],
  ['text output', 'anything ((('],
  ['text pseudocode title="x"', 'anything ((('],
  ['mermaid', 'flowchart TB'],
  ['ts lab="x#y"', ''],
])('%s: %j passes', async (language, code) => {
  expect(await check(fence(language, code))).toEqual([]);
});

test.each([
  ['ts', 'const a = 1;\nconst b = ;', 'g.mdx:7 Expression expected.'],
  ['ts', "import { readFile } from 'node:fs/promises';\n\nconst text: number = await readFile('x', 'utf8');", "g.mdx:8 Type 'string' is not assignable to type 'number'. (TS2322)"],
  ['ts', "import { nothing } from 'node:fs';", "g.mdx:6 Module '\"node:fs\"' has no exported member 'nothing'. (TS2305)"],
  ['sql', 'SELECT 1;\nSELEC 2;', 'g.mdx:7 syntax error at or near "SELEC"'],
  ['yaml', 'a: 1\nb: [1', 'g.mdx:7 Flow sequence in block collection must be sufficiently indented and end with a ]'],
  ['yaml', 'apiVersion: apps/v1\nkind: Deployment\nspec:\n  selector: {}\n  replica: 3\n  template: {}', 'g.mdx:10 spec.replica is no field of DeploymentSpec; did you mean replicas?'],
  ['json', '{\n  "a": 1,\n}', /g\.mdx:8 Expected double-quoted property name/],
  ['bash', 'echo one\nif true; then echo two', /g\.mdx:\d+ syntax error/],
  ['bash', 'echo one\n$ echo two', /g\.mdx:7 starts with a prompt/],
  ['dockerfile', 'FROM node:26\nRUNN npm ci', 'g.mdx:7 RUNN is no instruction of a Dockerfile.'],
  ['dockerfile', 'COPY . .', 'g.mdx:6 A Dockerfile starts with FROM (ARG may stand before it).'],
  ['promql', 'sum(rate(x[5m])', /g\.mdx:6 /],
  ['', 'x', /g\.mdx:5 This block names no language/],
  ['text', 'x', /g\.mdx:5 This text is neither/],
  ['text title="x"', 'x', /g\.mdx:5 This text is neither/],
  ['ts output', 'x', /g\.mdx:5 Only text may be output or pseudocode: write ```text output/],
  ['nginx', 'server {}', /g\.mdx:5 Nothing checks nginx\. Mark it as/],
] as [string, string, string | RegExp][])('%s: %j fails', async (language, code, message) => {
  const found = await check(fence(language, code));
  expect(found).toHaveLength(1);
  if (typeof message === 'string') expect(found[0]).toContain(message);
  else expect(found[0]).toMatch(message);
}); // prettier-ignore

test('blocks inside components, and several on a page, keep their own lines', async () => {
  const found = await check('<Proof>\n', fence('sql', 'SELEC 1'), '</Proof>\n', fence('json', '{'));
  expect(found.map((line) => line.split(' ')[0])).toEqual(['g.mdx:8', 'g.mdx:14']);
});

test('a page that is no MDX is named with its line', async () => {
  await expect(check('<Proof>\n\ntext')).rejects.toThrow(/^g\.mdx:\d+ /);
});

test.skipIf(!findOnPath('promtool'))('promtool knows functions that brackets do not', async () => {
  expect(await check(fence('promql', 'rate(up)'))).toHaveLength(1);
});
