import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { markdownToHtml, mdxToJs } from 'satteri';
import { afterAll, describe, expect, test } from 'vitest';
import { drawAll } from './integration.ts';
import { drawBlock } from './page.ts';
import { markdownPlugin } from './plugin.ts';
import { createRenderer } from './renderer.ts';

const renderer = createRenderer();
afterAll(() => renderer.close());

const GOOD = `flowchart TB
  %% id: one-write
  %% caption: One write
  accTitle: One write
  accDescr: A client writes once.
  a[Client] --> b[(Store)]:::store`;
const fenced = (source: string) => `\`\`\`mermaid\n${source}\n\`\`\``;

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'diagrams-page-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

describe('one block', () => {
  const draw = (source: string, seen = new Set<string>()) =>
    drawBlock(renderer, { source, line: 11 }, 'src/x.mdx', seen);

  test('becomes a figure', async () => {
    expect(await draw(GOOD)).toMatch(/^<figure class="diagram not-content" id="diagram-one-write"/);
  });

  test.each([
    ['Mermaid’s reason, at its line', `${GOOD}\n  a --> [`, /^src\/x\.mdx:17 Parse error/],
    [
      'what the fence lacks',
      GOOD.replace('%% caption: One write', ''),
      /^src\/x\.mdx:11 the diagram has no `%% caption/,
    ],
    ['a literal colour', `${GOOD}\n  style a fill:#f00`, /^src\/x\.mdx:17 literal colours/],
    [
      'a step about nothing',
      `${GOOD}\n  %% step 1 (c): x`,
      /^src\/x\.mdx:17 "c" is no part of this diagram; it has a, b, a->b$/,
    ],
  ])('%s', async (_, source, message) => {
    await expect(draw(source)).rejects.toThrow(message);
  });

  test('all reasons at once', async () => {
    const reasons = draw('flowchart TB\n %% id: X\n a --> [');
    await expect(reasons).rejects.toThrow(/src\/x\.mdx:12 id "X"[^]*src\/x\.mdx:13 Parse error/);
  });

  test('an id that the page has already', async () => {
    const seen = new Set<string>();
    await draw(GOOD, seen);
    await expect(draw(GOOD, seen)).rejects.toThrow('another diagram of this page has the id "one-write"');
  });
});

describe('in a page', () => {
  const errors: unknown[] = [];
  const plugin = markdownPlugin(renderer, (error) => errors.push(error));
  const page = (blocks: string[]) => `---\ntitle: x\n---\n\nBefore -- it.\n\n${blocks.join('\n\n')}\n`;
  const compile = async (name: string, text: string) => {
    const file = path.join(folderWith({ [name]: text }), name);
    const body = text.replace(/^---[^]*?---\n/, '');
    const options = { mdastPlugins: [plugin], fileURL: pathToFileURL(file), smartPunctuation: true };
    return name.endsWith('x')
      ? (await mdxToJs(body, options)).code
      : (await markdownToHtml(body, options)).html;
  };

  test('Markdown gets the figure as HTML', async () => {
    expect(await compile('a.md', page([fenced(GOOD)]))).toContain('<figure class="diagram not-content"');
  });

  test('MDX gets it untouched by punctuation', async () => {
    const js = await compile('a.mdx', page([fenced(GOOD)]));
    expect(js).toContain('set:html');
    expect(js).toContain('var(--ink)');
  });

  test('the same drawing twice under two ids shares no name', async () => {
    const html = await compile('a.md', page([fenced(GOOD), fenced(GOOD.replace('one-write', 'two'))]));
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('diagram-two');
  });

  test.each(['a.md', 'a.mdx'])('%s: an error has the line of the file, and is reported', async (name) => {
    errors.length = 0;
    const broken = fenced(`${GOOD.replace('one-write', 'three')}\n  a --> [`);
    await expect(compile(name, page([fenced(GOOD), broken]))).rejects.toThrow(
      new RegExp(`${name}:23 Parse error`),
    );
    expect(errors).toHaveLength(1);
  });

  test('other code is left alone', async () => {
    expect(await compile('a.md', page(['```ts\nlet a;\n```']))).toContain('<pre>');
  });

  test('the plugin’s name changes with the renderer', () => {
    expect(plugin.name).toBe(`diagrams-${renderer.version}`);
  });
});

test('a whole site is drawn ahead, drafts left out, and every broken diagram named', async () => {
  const folder = folderWith({
    'good.mdx': fenced(GOOD),
    'deep/bad.md': `# x\n\n${fenced('pie\n  "a": x')}`,
    'twice.mdx': `${fenced(GOOD)}\n\n${fenced(GOOD)}`,
    'draft.mdx': `---\ntitle: x\ndraft: true\n---\n${fenced('pie\n  "a": x')}`,
    'notes.txt': fenced('pie\n  "a": x'),
  });
  const reasons = (await drawAll(renderer, folder)).join('\n');
  expect(reasons).toMatch(/deep\/bad\.md:5 Parsing failed/);
  expect(reasons).toMatch(/twice\.mdx:11 another diagram/);
  expect(reasons).not.toMatch(/good|draft|notes/);
});
