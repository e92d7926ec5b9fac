import type { StarlightRouteData } from '@astrojs/starlight/route-data';
import type { PublishedGuide } from '#guides/current.ts';
import { fullAddress } from './address.ts';

type HeadTag = StarlightRouteData['head'][number];

/** Text that may stand in a script element: JSON in which no tag can end it. */
function json(value: object): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

const meta = (attrs: Record<string, string>): HeadTag => ({ tag: 'meta', attrs, content: '' });

/**
 * What link previews and search engines read about a page: its card, and for a guide TechArticle and BreadcrumbList
 * (schema.org). FAQPage and QAPage are left out: search engines no longer show them for such pages.
 */
export function previewHead(
  current: PublishedGuide | undefined,
  site: URL | undefined,
  title: string,
  description: string | undefined,
): HeadTag[] {
  const card = fullAddress(site, `/cards/${current?.id ?? 'home'}.png`);
  const name = current?.question.asked ?? title;
  const common = [
    // A peer sees the question, not the short title of lists and tabs.
    meta({ property: 'og:title', content: name }),
    meta({ property: 'og:image', content: card }),
    meta({ property: 'og:image:width', content: '1200' }),
    meta({ property: 'og:image:height', content: '630' }),
    meta({ property: 'og:image:alt', content: name }),
    meta({ name: 'twitter:image', content: card }),
  ];
  if (!current) return common;
  const url = fullAddress(site, `/${current.id}/`);
  const { category, guide } = current;
  const article = {
    '@context': 'https://schema.org',
    '@type': 'TechArticle',
    headline: name,
    description,
    url,
    image: card,
    dateModified: guide.verified.toISOString().slice(0, 10),
    inLanguage: 'en',
    isAccessibleForFree: true,
    license: 'https://creativecommons.org/licenses/by/4.0/',
    publisher: { '@type': 'Organization', name: 'The Architect Round', url: fullAddress(site, '/') },
  };
  const crumbs = {
    '@context': 'https://schema.org',
    '@type': 'BreadcrumbList',
    itemListElement: [
      { '@type': 'ListItem', position: 1, name: 'The Architect Round', item: fullAddress(site, '/') },
      {
        '@type': 'ListItem',
        position: 2,
        name: category.title,
        item: fullAddress(site, `/questions/?category=${category.slug}`),
      },
      { '@type': 'ListItem', position: 3, name: guide.title, item: url },
    ],
  };
  return [
    ...common,
    ...[article, crumbs].map((value): HeadTag => ({
      tag: 'script',
      attrs: { type: 'application/ld+json' },
      content: json(value),
    })),
    {
      tag: 'link',
      attrs: { rel: 'alternate', type: 'text/markdown', href: fullAddress(site, `/${current.id}/index.md`) },
      content: '',
    },
  ];
}
