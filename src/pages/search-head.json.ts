import { render } from 'astro:content';
import type { APIRoute } from 'astro';
import { type PublishedGuide, publishedGuides } from '#guides/current.ts';
import { plainText } from '#guides/inline.ts';
import { landmarks } from '#guides/outline.ts';
import { tags } from '#guides/tags.ts';
import type { Head, HeadPage } from '#search/head.ts';

async function headPage({
  id,
  guide,
  body,
  question,
  category,
  references,
  entry,
}: PublishedGuide): Promise<HeadPage> {
  const { headings } = await render(entry);
  const sections = headings
    .filter(({ depth }) => depth === 3)
    .map(({ slug, text }) => ({ anchor: slug, text }));
  const others = landmarks(body, guide, references)
    .filter(({ kind }) => kind === 'lab' || kind === 'failure' || kind === 'follow-up')
    .map(({ anchor, text }) => ({ anchor, text: plainText(text, references) }));
  return {
    id,
    number: question.number,
    category: category.slug,
    title: guide.title,
    asked: question.asked,
    aliases: guide.aliases,
    topics: guide.tags.map((tag) => tags[tag]),
    sections: [...sections, ...others],
  };
}

/** The head index that search loads first. */
export const GET: APIRoute = async () => {
  const head: Head = await Promise.all((await publishedGuides()).map(headPage));
  return Response.json(head);
};
