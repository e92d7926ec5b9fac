import type { StarlightUserConfig } from '@astrojs/starlight/types';
import { categories, guideId, questions } from '#guides/catalogue.ts';
import { isDraft, readGuideFiles } from '#guides/files.ts';

/**
 * The sidebar, from the catalogue: each category with the guides that are written, by number.
 * @param root the project's folder
 */
export function sidebar(root: string): NonNullable<StarlightUserConfig['sidebar']> {
  const written = new Set(
    readGuideFiles(root)
      .filter((file) => !isDraft(file))
      .map(({ id }) => id),
  );
  return categories
    .map(({ slug, title }) => ({
      label: title,
      items: questions
        .filter((question) => question.category === slug && written.has(guideId(question)))
        .map(guideId),
    }))
    .filter(({ items }) => items.length > 0);
}
