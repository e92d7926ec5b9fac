import type { APIRoute } from 'astro';
import { categories } from '#guides/catalogue.ts';
import { publishedGuides } from '#guides/current.ts';
import { fullAddress } from '#share/address.ts';
import { markdownAddress } from '#share/markdown.ts';

/** The guides for programs that read, in the form of https://llmstxt.org. */
export const GET: APIRoute = async ({ site }) => {
  const guides = await publishedGuides();
  const sections = categories.flatMap((category) => {
    const own = guides.filter((guide) => guide.category.slug === category.slug);
    const lines = own.map(
      ({ guide, question }) =>
        `- [${question.asked}](${fullAddress(site, markdownAddress(question))}): ${guide.description}`,
    );
    return lines.length > 0 ? [`## ${category.title}`, '', ...lines, ''] : [];
  });
  return new Response(
    [
      '# The Architect Round',
      '',
      '> Questions that a Principal Architect asks a backend engineer, each with a model answer at three depths, diagrams, follow-ups and labs that ran against the real engines.',
      '',
      ...sections,
    ].join('\n'),
    { headers: { 'content-type': 'text/plain; charset=utf-8' } },
  );
};
