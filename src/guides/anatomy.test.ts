import { describe, expect, test } from 'vitest';
import { type Problem, checkGuide, checkTogether, formatProblem } from './anatomy.ts';
import { guideId, questionByNumber } from './catalogue.ts';
import { guideTemplate } from './template.ts';

const question = questionByNumber(14);
const file = 'src/content/docs/postgresql/indexing.mdx';
const whole = guideTemplate(question, '2026-11-22', ['postgresql/large-tables', 'nodejs/event-loop']);

/** The problems of the whole guide after breaking it; the break must change it. */
function problemsAfter(from: string | RegExp, to: string): Problem[] {
  const source = whole.replace(from, to);
  expect(source).not.toBe(whole);
  return checkGuide({ file, id: guideId(question), source });
}

/** The line of the whole guide that holds this text. */
const lineOf = (text: string) => whole.slice(0, whole.indexOf(text)).split('\n').length;

test('the template that `npm run new` writes is whole', () => {
  expect(checkGuide({ file, id: guideId(question), source: whole })).toEqual([]);
  const leadership = questionByNumber(23);
  const source = guideTemplate(leadership, '2026-11-22', [
    'leadership/handling-disagreements',
    'nodejs/event-loop',
  ]);
  expect(checkGuide({ file, id: guideId(leadership), source })).toEqual([]);
});

describe('a broken guide is named with its line and how to mend it', () => {
  test('a part is missing', () => {
    expect(problemsAfter(/<OwnIt>[\s\S]*<\/OwnIt>/, '').map(({ message }) => message)).toEqual([
      expect.stringContaining('has no <OwnIt>. Add it'),
    ]);
  });

  test('parts are out of order', () => {
    const [problem] = problemsAfter('<Myths />\n\n<Sources />', '<Sources />\n\n<Myths />');
    expect(problem).toMatchObject({
      line: lineOf('<Myths />'),
      message: expect.stringMatching(/<Sources> is out of order; <Myths> comes here/),
    });
  });

  test('a part stands twice', () => {
    expect(problemsAfter('<Rubric />', '<Rubric />\n\n<Rubric />')[0]?.message).toMatch(
      /<Rubric> stands here a second time/,
    );
  });

  test('text stands outside the parts', () => {
    expect(problemsAfter('<Rubric />', 'Stray words.\n\n<Rubric />')[0]).toMatchObject({
      line: lineOf('<Rubric />'),
      message: expect.stringContaining('Move this into one of them'),
    });
  });

  test('an unquoted comma cuts a text in a row', () => {
    const problems = problemsAfter('wins: when it wins,', 'wins: when it wins, and when not,');
    expect(problems).toEqual([
      {
        file,
        line: lineOf('option: First option'),
        message: expect.stringMatching(/^decisions\.0: .*"and when not".*put the sentence in quotes/),
      },
    ]);
  });

  test('a link that only works at a domain’s root', () => {
    expect(problemsAfter('Answer it in forty', 'Answer [it](/nodejs/event-loop/) in forty')).toEqual([
      { file, line: lineOf('Answer it in forty'), message: expect.stringMatching(/\.\.\/\.\.\/category/) },
    ]);
  });

  test('an abbreviation that nothing explains', () => {
    const problems = problemsAfter('Answer it in forty', 'Answer it by QZX in forty');
    expect(problems).toEqual([
      {
        file,
        line: lineOf('Answer it in forty'),
        message: expect.stringMatching(/does not know “QZX”.*glossary\.ts/),
      },
    ]);
  });

  test('too few follow-ups', () => {
    const problems = problemsAfter(/<FollowUp id="sixth"[\s\S]*?<\/FollowUp>/, '');
    expect(problems).toEqual([
      expect.objectContaining({
        line: lineOf('<FollowUps>'),
        message: expect.stringContaining('5 follow-ups; this part takes 6 to 10'),
      }),
    ]);
  });

  test('a follow-up is too short', () => {
    const problems = problemsAfter(/(<FollowUp id="first"[^>]*>)[\s\S]*?(<\/FollowUp>)/, '$1\n\nYes.\n\n$2');
    expect(problems).toEqual([
      expect.objectContaining({
        line: lineOf('<FollowUp id="first"'),
        message: expect.stringContaining('1 words in this follow-up'),
      }),
    ]);
  });

  test('two follow-ups share an anchor', () => {
    expect(problemsAfter('<FollowUp id="second"', '<FollowUp id="first"')[0]?.message).toContain(
      'id="first" is taken',
    );
  });

  test('a diagram has no description', () => {
    expect(problemsAfter(/^ {2}accDescr: Describe it.*\n/m, '')).toEqual([
      expect.objectContaining({
        line: lineOf('```mermaid'),
        message: expect.stringContaining('lacks a line “accDescr:'),
      }),
    ]);
  });

  test('the failure walk-through has no sequence diagram', () => {
    expect(problemsAfter('sequenceDiagram', 'flowchart TB')[0]?.message).toContain('has no sequence diagram');
  });

  test('a failure stops before its lasting fix', () => {
    expect(problemsAfter(/ lastingFix="[^"]*"/, '')[0]?.message).toContain('<Failure> lacks lastingFix');
  });

  test('the half-minute answer is too long', () => {
    const problems = problemsAfter(
      'Start with your position',
      `${'Very '.repeat(60)}start with your position`,
    );
    expect(problems).toEqual([
      expect.objectContaining({
        line: lineOf('inThirtySeconds: >-'),
        message: expect.stringMatching(/inThirtySeconds: 1\d\d words; this part takes 60 to 90/),
      }),
    ]);
  });

  test('the description is too long', () => {
    expect(problemsAfter(/^description: .*$/m, `description: ${'word '.repeat(40)}`)).toEqual([
      expect.objectContaining({
        line: lineOf('description:'),
        message: expect.stringContaining('160 characters'),
      }),
    ]);
  });

  test('an alias stands twice in one guide', () => {
    expect(problemsAfter('indexing alias 2', 'Indexing Alias 1')[0]).toMatchObject({
      line: lineOf('aliases:'),
      message: expect.stringContaining('stands here twice'),
    });
  });

  test('a citation leads nowhere, and a source is never cited', () => {
    expect(
      problemsAfter('that might do [^second]', 'that might do [^secnd]').map(({ message }) => message),
    ).toEqual([
      expect.stringContaining('“second” is never cited'),
      expect.stringContaining('[^secnd] cites no source of this guide'),
    ]);
  });

  test('a lab is named that the page does not show', () => {
    expect(problemsAfter('[lab:first]', '[lab:frist]')[0]).toMatchObject({
      line: lineOf('[lab:first]'),
      message: expect.stringContaining('does not show'),
    });
  });

  test('a value is printed that the lab has not recorded', () => {
    const source = whole.replace('[lab:first]', '[lab:first/rows]');
    const problems = checkGuide({ file, id: guideId(question), source }, () => {
      throw new Error('the lab first has recorded no such value');
    });
    expect(problems).toEqual([
      { file, line: lineOf('[lab:first]'), message: 'the lab first has recorded no such value' },
    ]);
  });

  test('a myth is answered without evidence', () => {
    expect(problemsAfter(' [lab:first].', '.')[0]?.message).toContain('answered by evidence');
  });

  test('the file is in the wrong place', () => {
    expect(problemsAfter('question: 14', 'question: 16')[0]).toMatchObject({
      line: lineOf('question: 14'),
      message: expect.stringContaining('Question 16 belongs at postgresql/transactions-and-isolation.mdx'),
    });
  });

  test('a related guide is not in the catalogue', () => {
    expect(problemsAfter('guide: nodejs/event-loop', 'guide: nodejs/evnt-loop')[0]?.message).toContain(
      'is no guide of the catalogue',
    );
  });

  test('the frontmatter is not YAML', () => {
    expect(problemsAfter('aliases: [', 'aliases: [[')[0]?.message).toContain('not valid YAML');
  });

  test('the body is not MDX', () => {
    expect(problemsAfter('</DeepDive>', '')[0]?.message).toContain('not valid MDX');
  });

  test('there is no frontmatter', () => {
    expect(checkGuide({ file, id: guideId(question), source: 'Words.' }).map(formatProblem)[0]).toBe(
      `${file}:1 The file has no frontmatter. Start it with a block between two lines of ---; \`npm run new\` writes one.`,
    );
  });
});

test('an alias that two guides claim is named in the second', () => {
  const other = questionByNumber(15);
  const files = [
    { file, id: guideId(question), source: whole },
    {
      file: 'src/content/docs/postgresql/large-tables.mdx',
      id: guideId(other),
      source: guideTemplate(other, '2026-11-22', ['postgresql/indexing', 'nodejs/event-loop']).replace(
        'large-tables alias 1',
        'Indexing alias 1',
      ),
    },
  ];
  expect(checkTogether(files)).toEqual([
    expect.objectContaining({
      file: 'src/content/docs/postgresql/large-tables.mdx',
      message: expect.stringContaining(`belongs to ${file} already`),
    }),
  ]);
});
