import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { questionByNumber } from '#guides/catalogue.ts';
import { guideSchema } from '#guides/schema.ts';
import { guideTemplate } from '#guides/template.ts';
import { type MarkdownInput, guideMarkdown, guideSummary, markdownAddress } from './markdown.ts';

const question = questionByNumber(14);
const source = guideTemplate(question, '2026-11-22', [
  'postgresql/large-tables',
  'nodejs/event-loop',
]).replace(
  'Say what the lab proves.',
  'It took [lab:first/build-time], see [lab:first].\n\n```ts lab="first#attempt"\n\n```\n\n<details>\n<summary>More</summary>\n\nText.\n\n</details>',
);
const [, frontmatter = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(source) ?? [];
const guide = guideSchema.parse(parse(frontmatter));
const input: MarkdownInput = {
  guide,
  question,
  body,
  url: 'https://example.org/postgresql/indexing/',
  references: { sources: guide.sources, labTitle: () => 'The first lab', labValue: () => '12 ms' },
  labCode: (reference) => `// ${reference}`,
  labClaim: () => 'It proves the first thing.',
};
const markdown = guideMarkdown(input);

test('holds the parts in the order of the page, as headings', () => {
  expect([...markdown.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual([
    'What is being tested',
    'In 30 seconds',
    'In 2 minutes',
    'The picture',
    'Deep dive',
    'Decision table',
    'Proof',
    'What breaks',
    'Red pen',
    'Follow-ups',
    'Weak, senior, principal',
    'Own it',
    'Myths',
    'Sources',
  ]);
});

test('leaves no component, import or reference behind, and keeps HTML that is Markdown', () => {
  expect(markdown).not.toMatch(/^import |<\/?[A-Z]\w*[ >]|\[lab:|\[\^/m);
  expect(markdown).toContain('<details>\n<summary>More</summary>');
});

test('fills in lab code, claims and recorded values, and keeps diagrams', () => {
  expect(markdown).toContain('### Lab: The first lab\n\nIt proves the first thing.');
  expect(markdown).toContain('```ts\n// first#attempt\n```');
  expect(markdown).toContain(
    'It took 12 ms, see ([lab](https://example.org/postgresql/indexing/#lab-first)).',
  );
  expect(markdown).toContain('```mermaid\n%% id: overview');
});

test('numbers citations as the list of sources does', () => {
  expect(markdown).toMatch(/the simpler design that might do \[2\]/);
  expect(markdown).toContain('2. [A primary source](https://example.org/second)');
});

test('the short form is the question, the half-minute answer and the address', () => {
  expect(guideSummary(input)).toMatch(
    /^\*\*Explain indexing[^\n]*\*\*\n\nStart with[\s\S]*\n\nhttps:\/\/example\.org\/postgresql\/indexing\/\n$/,
  );
  expect(markdownAddress(question)).toBe('/postgresql/indexing/index.md');
});
