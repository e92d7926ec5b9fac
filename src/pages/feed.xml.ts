import rss from '@astrojs/rss';
import type { APIRoute } from 'astro';
import { publishedGuides } from '#guides/current.ts';
import { plainText } from '#guides/inline.ts';
import { fullAddress } from '#share/address.ts';

/** New and changed guides, the last verified first. */
export const GET: APIRoute = async ({ site }) => {
  const guides = (await publishedGuides()).sort(
    (a, b) => b.guide.verified.getTime() - a.guide.verified.getTime(),
  );
  return rss({
    title: 'The Architect Round',
    description: 'Questions that a Principal Architect asks a backend engineer, answered and proven.',
    site: fullAddress(site, '/'),
    items: guides.map(({ id, guide, question, category, references }) => ({
      title: question.asked,
      link: fullAddress(site, `/${id}/`),
      pubDate: guide.verified,
      description: plainText(guide.inThirtySeconds, references),
      categories: [category.title],
    })),
  });
};
