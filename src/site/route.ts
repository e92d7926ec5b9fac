import { defineRouteMiddleware, type StarlightRouteData } from '@astrojs/starlight/route-data';
import { previewHead } from '#share/head.ts';
import { guideOf } from '#guides/current.ts';
import { openingParts, partHeading, partsOf, type PartName } from '#guides/structure.ts';

type TocItem = NonNullable<StarlightRouteData['toc']>['items'][number];

/**
 * Gives every page the head that link previews and search engines read, and a guide's page its table of contents: the
 * parts, with the deep dive's sections below it.
 */
export const onRequest = defineRouteMiddleware((context) => {
  const route = context.locals.starlightRoute;
  const current = guideOf(route.entry);
  const preview = previewHead(current, context.site, route.entry.data.title, route.entry.data.description);
  const replaced = new Set(preview.map(({ attrs }) => attrs?.['property']).filter(Boolean));
  route.head = [...route.head.filter(({ attrs }) => !replaced.has(attrs?.['property'])), ...preview];
  if (!current) return;
  const sections: TocItem[] = route.headings
    .filter(({ depth }) => depth === 3)
    .map(({ depth, slug, text }) => ({ depth, slug, text, children: [] }));
  const names = [...openingParts, ...partsOf(current.question.category)].map(
    ({ component }) => component as PartName,
  );
  const items = names.map((name): TocItem => {
    const { id, title } = partHeading(name, current.question.category);
    return { depth: 2, slug: id, text: title, children: name === 'DeepDive' ? sections : [] };
  });
  route.toc = { minHeadingLevel: 2, maxHeadingLevel: 3, items };
});
