import type { APIRoute, GetStaticPaths } from 'astro';
import { categories } from '#guides/catalogue.ts';
import { publishedGuides } from '#guides/current.ts';
import { type Card, drawCard } from '#share/card.ts';

/** The light theme's colours of the categories, as pictures have no custom properties; a test compares them with the tokens. */
const hues = {
  accent: '#1450b8',
  success: '#0b6b43',
  teal: '#0c6672',
  caution: '#8a4f00',
  magenta: '#a0246f',
} as const;

export const getStaticPaths = (async () => {
  const guides = await publishedGuides();
  const used = categories.filter((category) => guides.some((guide) => guide.category.slug === category.slug));
  const cards: [string, Card][] = [
    [
      'home',
      {
        kicker: 'For backend engineers',
        title: 'The questions a Principal Architect asks. Answers that survive the next one.',
        hue: hues.accent,
      },
    ],
    ...used.map(({ slug, title, promise, hue }): [string, Card] => [
      slug,
      { kicker: title, title: promise, hue: hues[hue] },
    ]),
    ...guides.map(({ id, question, category }): [string, Card] => [
      id,
      { kicker: category.title, title: question.asked, number: question.number, hue: hues[category.hue] },
    ]),
  ];
  return cards.map(([card, props]) => ({ params: { card }, props: { card: props } }));
}) satisfies GetStaticPaths;

/** A social card. */
export const GET: APIRoute<{ card: Card }> = async ({ props: { card } }) =>
  new Response(new Uint8Array(await drawCard(card)), { headers: { 'content-type': 'image/png' } });
