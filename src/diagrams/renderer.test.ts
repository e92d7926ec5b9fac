import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { diagramData } from '@mermaid-js/examples';
import { afterAll, describe, expect, test } from 'vitest';
import { TOKENS } from './draw/tokens.ts';
import { withPrefix } from './finish/names.ts';
import { createRenderer } from './renderer.ts';

const renderer = createRenderer();
afterAll(() => renderer.close());
const render = (source: string, steps: string[][] = []) => renderer.render({ source, steps });

describe('every example that Mermaid publishes', () => {
  const examples = diagramData.flatMap(({ id, examples: list }) =>
    list.map(({ code, title }) => [`${id}: ${title}`, code] as const),
  );

  test('of every kind there are some', () => {
    expect(new Set(diagramData.map(({ id }) => id)).size).toBeGreaterThanOrEqual(33);
    expect(examples.length).toBeGreaterThanOrEqual(79);
  });

  test.each(examples)('%s', async (_, source) => {
    const { body, width, height, faults } = await render(source);
    expect(faults.filter(({ message }) => message.endsWith('has the colour of its shape'))).toEqual([]);
    expect(width).toBeGreaterThan(100);
    expect(height).toBeGreaterThan(80);
    expect(body).not.toMatch(/<style|\sstyle=|\sclass=|<script|\son\w+=|<title|javascript:/i);
    // Every colour is a token of the site.
    expect(body).not.toMatch(/(?:fill|stroke|stop-color)="(?!none|var\(--|url\(#|context-)/);
    const names = [...body.matchAll(/var\(--([\w-]+)\)/g)].map(([, name]) => name);
    expect(names.filter((name) => !TOKENS.some((token) => token === name))).toEqual([]);
    expect(body).not.toMatch(/NaN|undefined|Infinity/);
    // What is referred to is there, once.
    const ids = [...body.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    const used = [...body.matchAll(/url\(#([^)]+)\)|href="#([^"]+)"/g)].map(([, url, href]) => url ?? href);
    expect(new Set(ids).size).toBe(ids.length);
    expect(used.filter((name) => !ids.includes(name))).toEqual([]);
    expect(ids.filter((name) => !name?.startsWith('@@'))).toEqual([]);
    expect(withPrefix(body, 'x')).not.toContain('@@');
  });
});

describe('what Mermaid cannot draw is told with its line', () => {
  test.each([
    ['flowchart', 'flowchart TB\n  %% id: x\n  a --> b\n  a --> [oops\n  c --> d', 4],
    ['sequence', 'sequenceDiagram\n  A->>B: hi\n  loop x\n  A-->', 4],
    ['state', 'stateDiagram-v2\n  [*] --> A\n  A -> : x', 3],
    ['entity relations', 'erDiagram\n  A ||--o{ B : x\n  A ||-- C', 3],
    ['class', 'classDiagram\n  class A {\n  +x\n', 3],
    ['gantt', 'gantt\n  dateFormat YYYY-MM-DD\n  section A\n  Task :a1, 2026-13-45, 3x', 4],
    ['pie', 'pie\n  "a" : 3\n  "b" : x', 3],
    ['xychart', 'xychart\n  x-axis [a, b]\n  bar [1, 2\n', 3],
    ['mindmap', 'mindmap\n  root\n a\nb', 3],
    ['quadrants', 'quadrantChart\n  x-axis a --> b\n  P: [3, 4]', 3],
    ['architecture', 'architecture-beta\n  service a(server)[A]\n  a:R -- L:zzz', 3],
    ['packet', 'packet\n 0-3: "a"\n 9-11: "b"', 3],
    ['after frontmatter', '---\ntitle: x\n---\n%% c\n\nflowchart TB\n%% d\n a --> [', 8],
    ['an unknown kind', 'flowchrt TB\n a-->b', 1],
  ])('%s', async (_, source, line) => {
    await expect(render(source)).rejects.toMatchObject({ name: 'SourceError', line });
  });

  test('an empty source', async () => {
    await expect(render('')).rejects.toMatchObject({ name: 'SourceError' });
  });

  test('and the next source is drawn as if nothing had happened', async () => {
    const good = 'flowchart TB\n a --> b';
    const before = await render(good);
    await expect(render('pie\n "a" : x')).rejects.toThrow();
    expect(await render(good)).toEqual(before);
  });
});

describe('the same source', () => {
  const SOURCES = [
    'flowchart TB\n a[One] --> b[(Two)]:::store',
    'gitGraph\n commit\n branch b\n commit',
    'block-beta\n a b\n a --> b',
    'mindmap\n root\n  a\n  b',
    'gantt\n dateFormat YYYY-MM-DD\n a :2026-01-01, 3d',
  ];

  test('gives the same picture in another order, and in another thread', async () => {
    const first = await Promise.all(SOURCES.map((source) => render(source)));
    const again = await Promise.all([...SOURCES].reverse().map((source) => render(source)));
    expect(again.reverse()).toEqual(first);
    const other = createRenderer();
    expect(await Promise.all(SOURCES.map((source) => other.render({ source, steps: [] })))).toEqual(first);
    await other.close();
  });
});

describe('author classes', () => {
  const CLASSES = ['accent', 'danger', 'muted', 'store', 'async'] as const;
  const LINE = { accent: 'accent', danger: 'danger', muted: 'rule-strong', store: 'teal', async: 'violet' };

  test.each([
    ['flowchart', (name: string) => `flowchart TB\n a["x"]:::${name} --> b`],
    ['flowchart, cylinder', (name: string) => `flowchart TB\n a[("x")]:::${name} --> b`],
    ['flowchart, edge', (name: string) => `flowchart TB\n a e1@--> b\n class e1 ${name}`],
    ['flowchart, area', (name: string) => `flowchart TB\n subgraph s [S]\n a --> b\n end\n class s ${name}`],
    ['state', (name: string) => `stateDiagram-v2\n A --> B\n class A ${name}`],
    ['class', (name: string) => `classDiagram\n class A:::${name}\n A --> B`],
    ['entity relations', (name: string) => `erDiagram\n A:::${name} {\n int id\n }\n A ||--o{ B : x`],
    ['block', (name: string) => `block-beta\n a b\n class a ${name}`],
    ['requirement', (name: string) => `requirementDiagram\n element a:::${name} {\n type: x\n }`],
  ])('%s', async (_, source) => {
    const plain = (await render(source('plain'))).body;
    for (const name of CLASSES) {
      const { body } = await render(source(name));
      expect(body).not.toBe(plain);
      expect(body).toContain(`stroke="var(--${LINE[name]})"`);
      expect(body.includes('stroke-dasharray="5 4"')).toBe(name === 'async');
    }
  });

  test('areas of sequence diagrams', async () => {
    const source =
      'sequenceDiagram\n box accent Group\n participant A\n participant B\n end\n rect danger\n A->>B: x\n end';
    const { body } = await render(source);
    expect(body).toContain('fill="var(--danger-wash)"');
    expect(body).toContain('fill="var(--accent-wash)"');
    expect(body).toContain('>Group<');
  });
});

test('steps mark what they name in every common kind', async () => {
  const sources: [string, string[]][] = [
    ['flowchart TB\n a[One] --> b', ['a', 'a->b']],
    ['flowchart TB\n subgraph s [S]\n a e1@--> b\n end', ['s', 'e1']],
    ['stateDiagram-v2\n [*] --> A\n A --> B : go', ['A', 'A->B']],
    ['erDiagram\n A ||--o{ B : has', ['A', 'A->B']],
    ['classDiagram\n A --> B : has', ['A', 'A->B']],
    ['sequenceDiagram\n A->>B: hi\n B-->>A: ho', ['A', '#1', '#1-2', 'B->A', '"hi"']],
    ['gantt\n dateFormat YYYY-MM-DD\n Build :t1, 2026-01-01, 3d', ['t1', '"Build"']],
    ['block-beta\n a b', ['a']],
    ['architecture-beta\n service db(database)[DB]\n service s(server)[S]\n db:R -- L:s', ['db', 'db->s']],
    ['xychart\n x-axis [a, b]\n bar [1, 2]', ['"a"']],
  ];
  for (const [source, parts] of sources)
    for (const part of parts) {
      const { faults, body } = await render(source, [[], [part]]);
      expect([source, part, faults.filter(({ step }) => step !== undefined)]).toEqual([source, part, []]);
      expect(body).toContain('data-part="2"');
    }
});

describe('the cache', () => {
  test('spares drawing, and a damaged entry is drawn anew', async () => {
    const cacheFolder = mkdtempSync(path.join(tmpdir(), 'diagrams-renderer-'));
    const request = { source: 'pie\n "a": 1', steps: [] };
    const first = createRenderer({ cacheFolder });
    const drawing = await first.render(request);
    expect(first.stats).toMatchObject({ drawn: 1, cached: 0 });
    await first.close();

    const second = createRenderer({ cacheFolder });
    expect(await second.render(request)).toEqual(drawing);
    expect(second.stats).toMatchObject({ drawn: 0, cached: 1, start: 0 });

    writeFileSync(path.join(cacheFolder, readdirSync(cacheFolder)[0] ?? ''), 'half an ent');
    expect(await second.render(request)).toEqual(drawing);
    expect(second.stats).toMatchObject({ drawn: 1, cached: 1 });
    await second.close();
  });

  test('does not keep failures', async () => {
    const cacheFolder = mkdtempSync(path.join(tmpdir(), 'diagrams-renderer-'));
    const failing = createRenderer({ cacheFolder });
    await expect(failing.render({ source: 'pie\n "a": x', steps: [] })).rejects.toThrow();
    expect(readdirSync(cacheFolder)).toEqual([]);
    await failing.close();
  });
});
