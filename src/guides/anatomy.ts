/**
 * Checks a guide's file against the anatomy: the frontmatter against the schema, the body against the list of parts.
 * Every problem names file and line and says how to mend it.
 */
import remarkGfm from 'remark-gfm';
import remarkFrontmatter from 'remark-frontmatter';
import remarkMdx from 'remark-mdx';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { LineCounter, type Document, isNode, parseDocument } from 'yaml';
import { guideId, questionById, questionByNumber } from './catalogue.ts';
import { frontmatterOf } from './frontmatter.ts';
import { withoutCode } from './prose.ts';
import { type ReferenceContext, findReferences } from './references.ts';
import { type Guide, guideSchema } from './schema.ts';
import { countBounds, partsOf, wordBounds } from './structure.ts';
import { undefinedAbbreviations } from './terms.ts';
import { countWords } from './words.ts';

/** Something wrong in a guide: where, and how to mend it. */
export interface Problem {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

/** A guide's file as read from disk. `file` is relative to the project; `id` is `category/slug`. */
export interface GuideFile {
  readonly file: string;
  readonly id: string;
  readonly source: string;
}

/** What the checks need of a syntax tree (mdast with MDX nodes, https://github.com/syntax-tree/mdast). */
interface Node {
  readonly type: string;
  readonly name?: string | null | undefined;
  readonly value?: string | undefined;
  readonly lang?: string | null | undefined;
  readonly depth?: number | undefined;
  readonly attributes?:
    readonly { readonly name?: string | undefined; readonly value?: unknown }[] | undefined;
  readonly children?: readonly Node[] | undefined;
  readonly position?: { readonly start: { readonly line: number } } | undefined;
}

type LabValue = ReferenceContext['labValue'];
type Report = (line: number, message: string) => void;

const parser = unified().use(remarkParse).use(remarkFrontmatter).use(remarkGfm).use(remarkMdx);

function lineOf(node: Node | undefined): number {
  return node?.position?.start.line ?? 1;
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children ?? []) yield* walk(child);
}

/** The prose of a node: text and inline code, without fenced code, diagrams and expressions. */
function proseOf(node: Node): string {
  if (node.type === 'text' || node.type === 'inlineCode') return node.value ?? '';
  if (node.type === 'code' || node.type.startsWith('mdxFlow')) return '';
  const inner = (node.children ?? []).map(proseOf);
  return inner.join(['paragraph', 'heading', 'listItem', 'tableCell'].includes(node.type) ? '' : ' ');
}

function attribute(node: Node, name: string): string | undefined {
  const value = node.attributes?.find((candidate) => candidate.name === name)?.value;
  return typeof value === 'string' ? value : undefined;
}

function elements(root: Node, name: string): Node[] {
  return [...walk(root)].filter((node) => node.type.startsWith('mdxJsx') && node.name === name);
}

function bounded(
  count: number,
  [min, max]: readonly [number, number],
  noun: string,
  line: number,
  report: Report,
) {
  if (count < min) report(line, `${count} ${noun}; this part takes ${min} to ${max}. Add what is missing.`);
  if (count > max) report(line, `${count} ${noun}; this part takes ${min} to ${max}. Keep the best.`);
}

/** Parsed frontmatter, the line of each of its keys, and its problems. */
function readFrontmatter(
  source: string,
  report: Report,
): { guide: Guide | undefined; lineOfPath: (path: readonly PropertyKey[]) => number } {
  const frontmatter = frontmatterOf(source);
  if (!frontmatter) {
    report(
      1,
      'The file has no frontmatter. Start it with a block between two lines of ---; `npm run new` writes one.',
    );
    return { guide: undefined, lineOfPath: () => 1 };
  }
  const counter = new LineCounter();
  const document: Document = parseDocument(frontmatter, { lineCounter: counter });
  const lineAt = (offset: number) => counter.linePos(offset).line + 1;
  for (const error of document.errors)
    report(lineAt(error.pos[0]), `The frontmatter is not valid YAML: ${error.message.split('\n')[0] ?? ''}`);
  if (document.errors.length > 0) return { guide: undefined, lineOfPath: () => 1 };

  const lineOfPath = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lineAt(node.range[0]);
    }
    return 1;
  };
  const parsed = guideSchema.safeParse(document.toJS());
  if (parsed.success) return { guide: parsed.data, lineOfPath };
  for (const issue of parsed.error.issues) {
    const mend =
      issue.code === 'unrecognized_keys'
        ? '. If it is the rest of a sentence, put the sentence in quotes.'
        : '';
    report(
      lineOfPath(issue.path),
      `${issue.path.map(String).join('.') || 'frontmatter'}: ${issue.message}${mend}`,
    );
  }
  return { guide: undefined, lineOfPath };
}

/** Every abbreviation is explained to the reader: the glossary defines it, or it is a name. */
function checkAbbreviations(source: string, report: Report) {
  const reported = new Set<string>();
  for (const { word, index } of undefinedAbbreviations(withoutCode(source))) {
    if (reported.has(word)) continue;
    reported.add(word);
    report(
      source.slice(0, index).split('\n').length,
      `The glossary does not know “${word}”. Define it in src/guides/glossary.ts or, when it is a name, add it to the names there.`,
    );
  }
}

/** A link to another guide works wherever the site is served: it is relative. */
function checkLinks(source: string, report: Report) {
  for (const { 0: link, index } of source.matchAll(/\]\(\/[^)]*\)/g)) {
    report(
      source.slice(0, index).split('\n').length,
      `The link ${link.slice(1)} breaks where the site is not at a domain's root. Write it as (../../category/slug/).`,
    );
  }
}

function checkDiagrams(root: Node, report: Report) {
  for (const node of walk(root)) {
    if (node.type !== 'code' || node.lang !== 'mermaid') continue;
    const text = node.value ?? '';
    for (const [pattern, what] of [
      [/^\s*accTitle\s*:/m, 'accTitle: a short name'],
      [/^\s*accDescr\s*[:{]/m, 'accDescr: what someone who cannot see it needs to know'],
      [/^\s*%%\s*id:/m, '%% id: an anchor such as snapshot-order'],
      [/^\s*%%\s*caption:/m, '%% caption: what to notice'],
    ] as const) {
      if (!pattern.test(text))
        report(lineOf(node), `This diagram lacks a line “${what}”. Add it inside the fence.`);
    }
  }
}

function checkParts(body: readonly Node[], category: string, report: Report): Map<string, Node> {
  const found = new Map<string, Node>();
  const expected = partsOf(category).map((part) => part.component);
  for (const node of body) {
    if (
      node.type === 'yaml' ||
      node.type === 'mdxjsEsm' ||
      (node.type === 'mdxFlowExpression' && /^\s*\/\*/.test(node.value ?? ''))
    )
      continue;
    if (node.type !== 'mdxJsxFlowElement' || !node.name || !expected.includes(node.name)) {
      report(
        lineOf(node),
        `Only the parts of a guide stand in its body: ${expected.join(', ')}. Move this into one of them.`,
      );
    } else if (found.has(node.name)) {
      report(
        lineOf(node),
        `<${node.name}> stands here a second time (first on line ${lineOf(found.get(node.name))}). Merge the two.`,
      );
    } else {
      found.set(node.name, node);
    }
  }
  for (const name of expected) {
    if (!found.has(name))
      report(1, `The guide has no <${name}>. Add it; the order is ${expected.join(', ')}.`);
  }
  const order = [...found.keys()];
  const sorted = expected.filter((name) => found.has(name));
  const misplaced = order.findIndex((name, index) => name !== sorted[index]);
  const name = order[misplaced];
  if (name !== undefined) {
    report(
      lineOf(found.get(name)),
      `<${name}> is out of order; <${sorted[misplaced] ?? ''}> comes here. The order is ${expected.join(', ')}.`,
    );
  }
  return found;
}

function checkFailures(part: Node, report: Report) {
  const failures = elements(part, 'Failure');
  bounded(failures.length, countBounds.failures, 'failures', lineOf(part), report);
  for (const failure of failures) {
    for (const name of ['id', 'title', 'cause', 'symptom', 'metric', 'firstAction', 'lastingFix']) {
      if (!attribute(failure, name))
        report(
          lineOf(failure),
          `<Failure> lacks ${name}="…". Every failure walks from cause to lasting fix.`,
        );
    }
  }
  if (
    ![...walk(part)].some((node) => node.lang === 'mermaid' && /^\s*sequenceDiagram/m.test(node.value ?? ''))
  ) {
    report(
      lineOf(part),
      '<WhatBreaks> has no sequence diagram. Draw one failure as it unfolds, in a ```mermaid fence.',
    );
  }
}

function checkFollowUps(part: Node, report: Report) {
  const followUps = elements(part, 'FollowUp');
  bounded(followUps.length, countBounds.followUps, 'follow-ups', lineOf(part), report);
  for (const followUp of followUps) {
    if (!attribute(followUp, 'question')?.trim().endsWith('?'))
      report(lineOf(followUp), '<FollowUp> needs question="…?", as the architect would ask it.');
    if (!attribute(followUp, 'id'))
      report(lineOf(followUp), '<FollowUp> needs id="…", its published anchor.');
    bounded(
      countWords(proseOf(followUp)),
      wordBounds.followUp,
      'words in this follow-up',
      lineOf(followUp),
      report,
    );
  }
}

function checkIds(root: Node, report: Report) {
  for (const name of ['Failure', 'FollowUp']) {
    const seen = new Set<string>();
    for (const node of elements(root, name)) {
      const id = attribute(node, 'id') ?? '';
      if (id && !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))
        report(lineOf(node), `id="${id}": an anchor is lower-case words joined by hyphens.`);
      if (id && seen.has(id))
        report(lineOf(node), `id="${id}" is taken by another <${name}> of this page; choose another.`);
      seen.add(id);
    }
  }
}

/** Every string in the guide that may hold references, with its line. */
function* texts(
  root: Node,
  guide: Guide,
  lineOfPath: (path: readonly PropertyKey[]) => number,
): Generator<{ text: string; line: number }> {
  for (const node of walk(root)) {
    if (node.type === 'text') yield { text: node.value ?? '', line: lineOf(node) };
    for (const { value } of node.attributes ?? [])
      if (typeof value === 'string') yield { text: value, line: lineOf(node) };
  }
  const visit = function* (
    value: unknown,
    path: readonly PropertyKey[],
  ): Generator<{ text: string; line: number }> {
    if (typeof value === 'string') yield { text: value, line: lineOfPath(path) };
    else if (Array.isArray(value))
      for (const [index, item] of value.entries()) yield* visit(item, [...path, index]);
    else if (value !== null && typeof value === 'object' && !(value instanceof Date)) {
      for (const [key, item] of Object.entries(value)) yield* visit(item, [...path, key]);
    }
  };
  yield* visit(guide, []);
}

function checkReferences(
  root: Node,
  guide: Guide,
  lineOfPath: (path: readonly PropertyKey[]) => number,
  labValue: LabValue | undefined,
  report: Report,
) {
  const labs = new Set(elements(root, 'Lab').map((lab) => attribute(lab, 'name')));
  const sources = new Set(guide.sources.map((source) => source.id));
  const cited = new Set<string>();
  for (const { text, line } of texts(root, guide, lineOfPath)) {
    for (const reference of findReferences(text)) {
      if (reference.source !== undefined) {
        cited.add(reference.source);
        if (!sources.has(reference.source))
          report(
            line,
            `[^${reference.source}] cites no source of this guide. Add it under sources, or mend the id.`,
          );
      } else if (!labs.has(reference.lab)) {
        report(
          line,
          `${reference.text} names a lab that the page does not show. Add <Lab name="${reference.lab ?? ''}"> to <Proof>, or mend the name.`,
        );
      } else if (labValue && reference.lab !== undefined && reference.value !== undefined) {
        try {
          labValue(reference.lab, reference.value);
        } catch (error) {
          report(line, (error as Error).message);
        }
      }
    }
  }
  guide.sources.forEach((source, index) => {
    if (!cited.has(source.id))
      report(
        lineOfPath(['sources', index]),
        `The source “${source.id}” is never cited. Cite it as [^${source.id}] where it supports a claim, or remove it.`,
      );
  });
}

function checkCatalogue(
  guide: Guide,
  id: string,
  lineOfPath: (path: readonly PropertyKey[]) => number,
  report: Report,
) {
  const expected = guideId(questionByNumber(guide.question));
  if (expected !== id)
    report(
      lineOfPath(['question']),
      `Question ${guide.question} belongs at ${expected}.mdx, this file is ${id}.mdx. Mend the number or move the file.`,
    );
  guide.related.forEach(({ guide: related }, index) => {
    if (!questionById(related))
      report(
        lineOfPath(['related', index]),
        `“${related}” is no guide of the catalogue. Write category/slug as in src/guides/catalogue.ts.`,
      );
    if (related === id)
      report(lineOfPath(['related', index]), 'A guide is not related to itself; name another.');
  });
}

/**
 * All problems of one guide, in the order of their lines; none when it is whole.
 * @param labValue gives a recorded value of one of the guide's labs, or throws; without it values are not looked up.
 */
export function checkGuide({ file, id, source }: GuideFile, labValue?: LabValue): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (line, message) => problems.push({ file, line, message });
  const category = id.split('/')[0] ?? '';

  const { guide, lineOfPath } = readFrontmatter(source, report);
  let root: Node;
  try {
    // The parser knows mdast; MDX nodes have the wider shape declared here.
    const tree: unknown = parser.parse(source);
    root = tree as Node;
  } catch (error) {
    const { line, reason } = error as { line?: number; reason?: string };
    report(line ?? 1, `The body is not valid MDX: ${reason ?? String(error)}`);
    return problems;
  }
  const parts = checkParts(root.children ?? [], category, report);
  checkAbbreviations(source, report);
  checkLinks(source, report);
  checkDiagrams(root, report);
  checkIds(root, report);

  for (const node of walk(root)) {
    if (node.type === 'heading' && node.depth !== 3)
      report(lineOf(node), 'The parts write their own headings; inside <DeepDive> use ###, elsewhere none.');
  }
  const picture = parts.get('Picture');
  if (picture && ![...walk(picture)].some((node) => node.lang === 'mermaid'))
    report(
      lineOf(picture),
      '<Picture> has no diagram. Draw the one for the whiteboard in a ```mermaid fence.',
    );
  const deepDive = parts.get('DeepDive');
  if (deepDive) {
    bounded(
      (deepDive.children ?? []).filter((node) => node.type === 'heading').length,
      countBounds.sections,
      'sections (###)',
      lineOf(deepDive),
      report,
    );
    bounded(countWords(proseOf(deepDive)), wordBounds.deepDive, 'words', lineOf(deepDive), report);
  }
  const proof = parts.get('Proof');
  if (proof && elements(proof, 'Lab').length === 0)
    report(lineOf(proof), '<Proof> shows no <Lab>. A claim about behaviour is run, not asserted.');
  const whatBreaks = parts.get('WhatBreaks');
  if (whatBreaks) checkFailures(whatBreaks, report);
  const redPen = parts.get('RedPen');
  if (redPen)
    bounded(
      [...walk(redPen)].filter((node) => node.type === 'listItem').length,
      countBounds.redPen,
      'bullets',
      lineOf(redPen),
      report,
    );
  const followUps = parts.get('FollowUps');
  if (followUps) checkFollowUps(followUps, report);
  const ownIt = parts.get('OwnIt');
  if (ownIt) bounded(countWords(proseOf(ownIt)), wordBounds.ownIt, 'words', lineOf(ownIt), report);
  if (guide) {
    checkReferences(root, guide, lineOfPath, labValue, report);
    checkCatalogue(guide, id, lineOfPath, report);
  }
  return problems.sort((a, b) => a.line - b.line);
}

/** Problems that only show when guides are read together: the same alias, or the same question, in two of them. */
export function checkTogether(files: readonly GuideFile[]): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<string, GuideFile>();
  for (const guideFile of files) {
    const { guide, lineOfPath } = readFrontmatter(guideFile.source, () => undefined);
    if (!guide) continue;
    const claims: [string, number][] = [
      [`question ${guide.question}`, lineOfPath(['question'])],
      ...guide.aliases.map((alias, index): [string, number] => [
        `alias “${alias.toLowerCase()}”`,
        lineOfPath(['aliases', index]),
      ]),
    ];
    for (const [claim, line] of claims) {
      const owner = owners.get(claim);
      if (owner && owner !== guideFile) {
        problems.push({
          file: guideFile.file,
          line,
          message: `The ${claim} belongs to ${owner.file} already; a search would not know which page is meant. Remove or reword one.`,
        });
      } else {
        owners.set(claim, guideFile);
      }
    }
  }
  return problems;
}

/** A problem as one line: `file:line message`. */
export function formatProblem({ file, line, message }: Problem): string {
  return `${file}:${line} ${message}`;
}
