import { describe, expect, test } from 'vitest';
import { readFence } from './fence.ts';

const HEAD = `flowchart TB
  %% id: one-write
  %% caption: The key and the effect commit together
  accTitle: One write
  accDescr: A client sends a request once.`;

describe('what a fence says', () => {
  test('directives and Mermaid’s own title and description', () => {
    expect(readFence(`${HEAD}\n  a --> b`)).toEqual({
      id: 'one-write',
      caption: 'The key and the effect commit together',
      title: 'One write',
      description: 'A client sends a request once.',
      steps: [],
      problems: [],
    });
  });

  test('a description over several lines', () => {
    const { description } = readFence('flowchart TB\n accDescr {\n  One.\n  Two.\n }');
    expect(description).toBe('One. Two.');
  });

  test('title and description as comments, for kinds that have none', () => {
    const fence = readFence('mindmap\n  %% accTitle: T\n  %% accDescr: D\n  root');
    expect([fence.title, fence.description]).toEqual(['T', 'D']);
  });

  test('steps with the parts that they name', () => {
    const { steps, problems } = readFence(
      `${HEAD}\n  %% step 1 (a, a->b, "x, y", #3-5): The \`key\` is made.\n  %% step 2: Done.`,
    );
    expect(problems).toEqual([]);
    expect(steps).toEqual([
      { parts: ['a', 'a->b', '"x, y"', '#3-5'], text: 'The `key` is made.', line: 6 },
      { parts: [], text: 'Done.', line: 7 },
    ]);
  });
});

describe('what is to be mended', () => {
  const problems = (source: string) =>
    readFence(source).problems.map(({ line, message }) => `${line} ${message}`);

  test('what is missing', () => {
    expect(problems('flowchart TB\n a --> b')).toEqual([
      '1 the diagram has no `%% id: some-name` (its anchor)',
      '1 the diagram has no `%% caption: what to notice`',
      '1 the diagram has no `accTitle: what it shows, in a few words`',
      '1 the diagram has no `accDescr: what it shows, in sentences, for those who do not see it`',
    ]);
  });

  test.each([
    [
      'an id that is no anchor',
      HEAD.replace('one-write', 'One Write'),
      '2 id "One Write" is not in kebab-case',
    ],
    [
      'a gap in the steps',
      `${HEAD}\n%% step 2: x`,
      '6 steps count from 1 without gaps: this is step 1, not 2',
    ],
    [
      'a step without text',
      `${HEAD}\n%% step 1 (a):`,
      '6 a step is written `%% step 1 (part, part): what happens`',
    ],
  ])('%s', (_, source, expected) => {
    expect(problems(source)).toEqual([expected]);
  });

  test.each([
    ['flowchart', 'classDef hot fill:#f96'],
    ['flowchart', 'style a fill:red'],
    ['flowchart', 'linkStyle 0 stroke:rgb(1,2,3)'],
    ['flowchart', 'UpdateElementStyle(a, $bgColor="grey")'],
    ['quadrantChart', 'P: [0.3, 0.6] color: #ff3300'],
    ['sequenceDiagram', 'rect rgb(200, 150, 255)'],
    ['sequenceDiagram', 'rect yellow'],
    ['sequenceDiagram', 'box #33aa55 Group'],
    ['flowchart', "%%{init: {'theme': 'dark'}}%%"],
  ])('literal colours and themes: %s, %s', (kind, line) => {
    const found = problems(`${HEAD.replace('flowchart TB', kind)}\n  ${line}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^6 /);
  });

  test.each([
    ['flowchart TB', 'a["issue #1234 and fill: everything"]:::accent'],
    ['flowchart TB', 'classDef wide stroke-width:3px'],
    ['sequenceDiagram', 'rect danger'],
    ['sequenceDiagram', 'box accent Services'],
    ['sequenceDiagram', 'A->>B: style #ff0000'],
    ['flowchart TB', '%% colour #123456 is only talked about'],
  ])('no false alarm: %s, %s', (kind, line) => {
    expect(problems(`${HEAD.replace('flowchart TB', kind)}\n  ${line}`)).toEqual([]);
  });
});
