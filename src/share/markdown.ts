/**
 * A guide as one Markdown document: for readers who copy it, for notes, for programs that read. Diagrams stay Mermaid,
 * lab code is filled in, references become links and recorded values. Pure but for the two readers it is given.
 */
import { guideId, type Question } from '#guides/catalogue.ts';
import { attributes } from '#guides/outline.ts';
import { type ReferenceContext, findReferences } from '#guides/references.ts';
import type { Guide } from '#guides/schema.ts';
import { partHeading, type PartName } from '#guides/structure.ts';

/** What a guide's Markdown is made of. */
export interface MarkdownInput {
  readonly guide: Guide;
  readonly question: Question;
  /** The MDX below the frontmatter. */
  readonly body: string;
  readonly references: ReferenceContext;
  /** The guide's full address. */
  readonly url: string;
  /** The code that a lab fence's reference (`write-skew#attempt`) names. */
  readonly labCode: (reference: string) => string;
  /** The claim of a lab. */
  readonly labClaim: (lab: string) => string;
}

/** References in a text as Markdown: a footnote mark, a link to the lab on the page, the recorded value. */
function resolve(text: string, { references, url }: Pick<MarkdownInput, 'references' | 'url'>): string {
  return findReferences(text).reduce((resolved, { text: mark, source, lab = '', value }) => {
    if (source !== undefined) {
      return resolved.replace(mark, `[${references.sources.findIndex(({ id }) => id === source) + 1}]`);
    }
    const replacement = value === undefined ? `([lab](${url}#lab-${lab}))` : references.labValue(lab, value);
    return resolved.replace(mark, () => replacement);
  }, text);
}

function failure(tag: string): string {
  const {
    title = '',
    cause = '',
    symptom = '',
    metric = '',
    firstAction = '',
    lastingFix = '',
  } = attributes(tag);
  return [
    `### ${title}`,
    '',
    `- **Cause:** ${cause}`,
    `- **Symptom:** ${symptom}`,
    `- **Metric:** ${metric}`,
    `- **First action:** ${firstAction}`,
    `- **Lasting fix:** ${lastingFix}`,
  ].join('\n');
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A part that comes from frontmatter, as Markdown. */
const structured: Partial<Record<PartName, (guide: Guide) => string>> = {
  Decisions: ({ decisions }) =>
    table(
      ['Option', 'Wins when', 'Costs', 'What would change my mind'],
      decisions.map(({ option, wins, costs, changesMyMind }) => [option, wins, costs, changesMyMind]),
    ),
  Rubric: ({ rubric }) =>
    rubric
      .map(
        ({ point, weak, senior, principal, movesUp }) =>
          `### ${point}\n\n- **Weak:** “${weak}”\n- **Senior:** “${senior}”\n- **Principal:** “${principal}”\n\nWhat moves it up: ${movesUp}`,
      )
      .join('\n\n'),
  Myths: ({ myths }) => myths.map(({ says, truth }) => `- “${says}” ${truth}`).join('\n'),
  Sources: ({ sources }) =>
    sources
      .map(
        ({ title, publisher, url, version, supports }, index) =>
          `${index + 1}. [${title}](${url}), ${publisher}, ${version}. ${supports}`,
      )
      .join('\n'),
};

/**
 * The guide as Markdown, in the order of the page.
 * @throws Error when a reference, a lab or a region does not exist.
 */
export function guideMarkdown(input: MarkdownInput): string {
  const { guide, question, body, url, labCode, labClaim } = input;
  const heading = (name: PartName) => `## ${partHeading(name, question.category).title}`;
  const opening = [
    `# ${question.asked}`,
    `Question ${question.number} of The Architect Round · ${url} · verified ${guide.verified.toISOString().slice(0, 10)}`,
    heading('Tested'),
    guide.tested.listensFor.trim(),
    `**Ask first:** ${guide.tested.clarify}`,
    heading('InThirtySeconds'),
    guide.inThirtySeconds.trim(),
    heading('InTwoMinutes'),
    guide.inTwoMinutes.map(({ beat, says }, index) => `${index + 1}. **${beat}.** ${says.trim()}`).join('\n'),
  ].join('\n\n');

  const text = body
    .replace(/^import [\s\S]*?;\n/m, '')
    .replace(/^\{\/\*[\s\S]*?\*\/\}\n/gm, '')
    .replace(
      /^```(\w+) lab="([^"]+)".*\n\s*```/gm,
      (_, language: string, reference: string) => `\`\`\`${language}\n${labCode(reference)}\n\`\`\``,
    )
    .replace(/^<Failure\b([\s\S]*?)\/>/gm, (_, tag: string) => failure(tag))
    .replace(/^<FollowUp\b([^>]*)>/gm, (_, tag: string) => `### ${attributes(tag)['question'] ?? ''}`)
    .replace(/^<Lab\b([^>]*)>/gm, (_, tag: string) => {
      const { name = '' } = attributes(tag);
      return `### Lab: ${input.references.labTitle(name)}\n\n${labClaim(name)}`;
    })
    .replace(/^<(\w+) \/>/gm, (tag, name: PartName) => {
      const write = structured[name];
      return write ? `${heading(name)}\n\n${write(guide)}` : tag;
    })
    // Components start with a capital letter; HTML such as <details> is Markdown already.
    .replace(/^<\/[A-Z]\w*>\n?/gm, '')
    .replace(/^<([A-Z]\w*)>/gm, (_, name: PartName) => heading(name));
  return `${resolve(`${opening}\n\n${text}`, input)
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

/** The short form that readers paste to a peer: question, half-minute answer, address. */
export function guideSummary({ guide, question, references, url }: MarkdownInput): string {
  return `**${question.asked}**\n\n${resolve(guide.inThirtySeconds.trim(), { references, url })}\n\n${url}\n`;
}

/** Where a guide's Markdown stands, below the site's base. */
export function markdownAddress(question: Question): string {
  return `/${guideId(question)}/index.md`;
}
