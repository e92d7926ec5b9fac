/**
 * The inline references a guide's text may hold:
 * `[^source]` cites a source, `[lab:name]` links a lab of the guide, `[lab:name/value]` prints a recorded value.
 */
import { escapeHtml } from './html.ts';
import type { Source } from './schema.ts';

/** What references in one guide resolve against. */
export interface ReferenceContext {
  readonly sources: readonly Pick<Source, 'id' | 'title' | 'publisher'>[];
  /**
   * The recorded value of a lab, formatted with its unit.
   * @throws Error that names the lab or the value when there is none.
   */
  readonly labValue: (lab: string, value: string) => string;
  /** @throws Error when the guide has no lab of this name. */
  readonly labTitle: (lab: string) => string;
}

const pattern = /\[\^(?<source>[\w-]+)\]|\[lab:(?<lab>[\w-]+)(?:\/(?<value>[^\]]+))?\]/g;

/** One reference as it stands in a text: its text, where it starts, and what it names. */
export interface Reference {
  readonly text: string;
  readonly index: number;
  readonly source?: string;
  readonly lab?: string;
  readonly value?: string;
}

/** Every reference in a text, in order. */
export function findReferences(text: string): Reference[] {
  return [...text.matchAll(pattern)].map((match) => {
    const { source, lab, value } = match.groups ?? {};
    return {
      text: match[0],
      index: match.index,
      ...(source !== undefined && { source }),
      ...(lab !== undefined && { lab }),
      ...(value !== undefined && { value }),
    };
  });
}

/**
 * A reference as HTML: a numbered link to the source, a link to the lab, or the recorded value linked to its lab.
 * @throws Error when the source, the lab or the value does not exist.
 */
export function renderReference(reference: Reference, context: ReferenceContext): string {
  if (reference.source !== undefined) {
    const index = context.sources.findIndex((source) => source.id === reference.source);
    const source = context.sources[index];
    if (!source) {
      throw new Error(
        `[^${reference.source}] cites no source of this guide. Its sources are ${context.sources.map((s) => s.id).join(', ')}; add the source or mend the id.`,
      );
    }
    const label = escapeHtml(`Source ${index + 1}: ${source.title}, ${source.publisher}`);
    return `<sup class="cite"><a href="#source-${source.id}" aria-label="${label}" title="${label}">${index + 1}</a></sup>`;
  }
  const lab = reference.lab ?? '';
  const title = escapeHtml(context.labTitle(lab));
  if (reference.value === undefined) return `<a class="lab-link" href="#lab-${lab}" title="${title}">lab</a>`;
  const value = escapeHtml(context.labValue(lab, reference.value));
  return `<a class="measured" href="#lab-${lab}" title="From the lab: ${title}">${value}</a>`;
}

/**
 * What stands between a reference and the word before it, so that a line never begins with it: a citation follows at once,
 * as a footnote's number does, and the link to a lab is tied to its word.
 * @param space the white space of the text
 */
export function spaceBefore({ source, value }: Reference, space: string): string {
  if (source !== undefined) return '';
  return value === undefined && space !== '' ? '\u00a0' : space;
}

/**
 * A text cut at its references: plain pieces as they are, references as HTML.
 * @throws Error as `renderReference`.
 */
export function splitReferences(
  text: string,
  context: ReferenceContext,
): ({ text: string } | { html: string })[] {
  const pieces: ({ text: string } | { html: string })[] = [];
  let end = 0;
  for (const reference of findReferences(text)) {
    const [, before = '', space = ''] = /^([^]*?)(\s*)$/.exec(text.slice(end, reference.index)) ?? [];
    const plain = before + spaceBefore(reference, space);
    if (plain !== '') pieces.push({ text: plain });
    pieces.push({ html: renderReference(reference, context) });
    end = reference.index + reference.text.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}
