import { type CollectionEntry, getCollection } from 'astro:content';
import {
  type Category,
  type Question,
  categoryBySlug,
  guideId,
  questionById,
  questions,
} from './catalogue.ts';
import { labReader } from './labs.ts';
import type { ReferenceContext } from './references.ts';
import type { Guide } from './schema.ts';

type Entry = CollectionEntry<'docs'>;

/** A guide as pages show it: its frontmatter, its text, its place in the catalogue, and what its references resolve against. */
export interface PublishedGuide {
  /** `category/slug`. */
  readonly id: string;
  readonly guide: Guide;
  /** The MDX below the frontmatter. */
  readonly body: string;
  readonly question: Question;
  readonly category: Category;
  readonly references: ReferenceContext;
  readonly entry: Entry;
}

/** A guide read from its collection entry, or undefined when the page is not a guide. */
export function guideOf(entry: Entry): PublishedGuide | undefined {
  const question = questionById(entry.id);
  // Starlight's stand-in entries (such as that of a 404 page) and plain pages carry no question.
  if (!question || !('question' in entry.data) || entry.data.question === undefined) return undefined;
  const id = guideId(question);
  const category = categoryBySlug(question.category);
  const references = { sources: entry.data.sources, ...labReader(id) };
  return { id, guide: entry.data, body: entry.body ?? '', question, category, references, entry };
}

/** Every guide that is published, by number; drafts too under `npm run dev`. */
export async function publishedGuides(): Promise<PublishedGuide[]> {
  const entries = await getCollection('docs', ({ data }) => import.meta.env.DEV || !data.draft);
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  return questions.flatMap((question) => {
    const entry = byId.get(guideId(question));
    return (entry && guideOf(entry)) ?? [];
  });
}

/**
 * The guide of the page being rendered.
 * @throws Error when a part of a guide is used on another page.
 */
export function currentGuide(locals: App.Locals): PublishedGuide {
  const guide = guideOf(locals.starlightRoute.entry);
  if (!guide) {
    throw new Error(
      `${locals.starlightRoute.id}: the parts of a guide stand only in a guide, at src/content/docs/<category>/<slug>.mdx.`,
    );
  }
  return guide;
}
