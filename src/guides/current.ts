import type { CollectionEntry } from 'astro:content';
import { type Category, type Question, categoryBySlug, guideId, questionById } from './catalogue.ts';
import { labReader } from './labs.ts';
import type { ReferenceContext } from './references.ts';

/** The guide that a page shows: its frontmatter, its place in the catalogue, and what its references resolve against. */
export interface CurrentGuide {
  readonly id: string;
  readonly entry: CollectionEntry<'docs'>;
  readonly guide: CollectionEntry<'docs'>['data'];
  readonly question: Question;
  readonly category: Category;
  readonly references: ReferenceContext;
}

/** A guide read from its collection entry, or undefined when the entry is not of a guide. */
export function guideOf(entry: CollectionEntry<'docs'>): CurrentGuide | undefined {
  const question = questionById(entry.id);
  // Starlight's own stand-in entries (such as its 404 page) carry no question.
  if (!question || !('question' in entry.data)) return undefined;
  const id = guideId(question);
  return {
    id,
    entry,
    guide: entry.data,
    question,
    category: categoryBySlug(question.category),
    references: { sources: entry.data.sources, ...labReader(id) },
  };
}

/**
 * The guide of the page being rendered.
 * @throws Error when a part of a guide is used on another page.
 */
export function currentGuide(locals: App.Locals): CurrentGuide {
  const guide = guideOf(locals.starlightRoute.entry);
  if (!guide) throw new Error(`${locals.starlightRoute.id}: the parts of a guide stand only in a guide, at src/content/docs/<category>/<slug>.mdx.`);
  return guide;
}
