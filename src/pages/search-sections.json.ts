import type { APIRoute } from 'astro';
import { publishedGuides } from '#guides/current.ts';
import { glossary } from '#guides/glossary.ts';
import { plainText } from '#guides/inline.ts';
import { landmarks } from '#guides/outline.ts';
import type { MoreSections } from '#search/head.ts';

/** The labs, failures and follow-ups and the terms of the glossary that search knows besides the head index. */
export const GET: APIRoute = async () => {
  const guides: MoreSections = Object.fromEntries(
    (await publishedGuides()).map(({ id, body, guide, references }) => [
      id,
      landmarks(body, guide, references)
        .filter(({ kind }) => kind === 'lab' || kind === 'failure' || kind === 'follow-up')
        .map(({ anchor, text }) => ({ anchor, text: plainText(text, references) })),
    ]),
  );
  const terms = glossary.map(({ id, term, long }) => ({
    anchor: id,
    text: long ? `${term}: ${long}` : term,
  }));
  return Response.json({ ...guides, glossary: terms } satisfies MoreSections);
};
