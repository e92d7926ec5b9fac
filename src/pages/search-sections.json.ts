import type { APIRoute } from 'astro';
import { publishedGuides } from '#guides/current.ts';
import { glossary } from '#guides/glossary.ts';
import { plainText } from '#guides/inline.ts';
import { landmarks } from '#guides/outline.ts';
import { type MoreSections, termText } from '#search/head.ts';

/** The labs, failures and follow-ups and the terms of the glossary that search knows besides the head index. */
export const GET: APIRoute = async () => {
  const guides: MoreSections = Object.fromEntries(
    (await publishedGuides()).map(({ id, body, guide, references }) => [
      id,
      Object.fromEntries(
        landmarks(body, guide, references)
          .filter(({ kind }) => kind === 'lab' || kind === 'failure' || kind === 'follow-up')
          .map(({ anchor, text }) => [anchor, plainText(text, references)]),
      ),
    ]),
  );
  const terms = Object.fromEntries(glossary.map(({ id, term, long }) => [id, termText(term, long)]));
  return Response.json({ ...guides, glossary: terms } satisfies MoreSections);
};
