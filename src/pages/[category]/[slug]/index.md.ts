import type { APIRoute, GetStaticPaths } from 'astro';
import { type PublishedGuide, publishedGuides } from '#guides/current.ts';
import { fullAddress } from '#share/address.ts';
import { markdownInput } from '#share/guide-input.ts';
import { guideMarkdown } from '#share/markdown.ts';

export const getStaticPaths = (async () =>
  (await publishedGuides()).map((guide) => ({
    params: { category: guide.question.category, slug: guide.question.slug },
    props: { guide },
  }))) satisfies GetStaticPaths;

/** A guide as Markdown. */
export const GET: APIRoute<{ guide: PublishedGuide }> = ({ props: { guide }, site }) =>
  new Response(guideMarkdown(markdownInput(guide, fullAddress(site, `/${guide.id}/`))), {
    headers: { 'content-type': 'text/markdown; charset=utf-8' },
  });
