import { render } from 'astro:content';
import type { APIRoute } from 'astro';
import { categories } from '#guides/catalogue.ts';
import { type PublishedGuide, publishedGuides } from '#guides/current.ts';
import { type Head, type HeadPage, packHead } from '#search/head.ts';

async function headPage({ id, guide, question, category, entry }: PublishedGuide): Promise<HeadPage> {
  const { headings } = await render(entry);
  return {
    id,
    number: question.number,
    category: category.slug,
    title: guide.title,
    asked: question.asked,
    aliases: guide.aliases,
    sections: headings.filter(({ depth }) => depth === 3).map(({ slug, text }) => ({ anchor: slug, text })),
  };
}

/** The head index that search loads first. */
export const GET: APIRoute = async () => {
  const pages = await Promise.all((await publishedGuides()).map(headPage));
  const glossaryPage: HeadPage = {
    id: 'glossary',
    number: 0,
    category: '',
    title: 'Glossary',
    asked: 'Glossary: every term in a sentence',
    aliases: ['definitions', 'abbreviations'],
    sections: [],
  };
  const head: Head = {
    categories: categories
      .filter(({ slug }) => pages.some(({ category }) => category === slug))
      .map(({ slug, title, hue }) => ({ slug, title, hue })),
    pages: [...pages, glossaryPage],
  };
  return Response.json(packHead(head));
};
