/**
 * Pages that were renamed after they were published, by their old addresses below the site's base: `/old/` leads to
 * `/new/`. A shared link to the old one must still arrive, so `tests/site/anchors.test.ts` lets no published page vanish
 * without a line here.
 */
export const movedPages: Readonly<Record<string, string>> = {};

/**
 * Places that were renamed after they were published: by page, the old anchor and the new one. A shared link to the old
 * one must still arrive, so `tests/site/anchors.test.ts` lets no published anchor vanish without a line here.
 */
export const movedAnchors: Readonly<Record<string, Readonly<Record<string, string>>>> = {};

/**
 * The HTML of a page with an empty element of the old name before each place that was renamed.
 * @param html a whole page
 * @param moved for this page, old anchors and the new ones
 * @throws Error when a new anchor does not stand on the page
 */
export function withMovedAnchors(html: string, moved: Readonly<Record<string, string>>): string {
  return Object.entries(moved).reduce((text, [old, now]) => {
    const place = new RegExp(`<[a-z][\\w-]*[^>]*\\sid="${RegExp.escape(now)}"`).exec(text);
    if (!place)
      throw new Error(
        `src/share/moved.ts: “${old}” has moved to “${now}”, but the page has no such place. Name the place that took it over.`,
      );
    return `${text.slice(0, place.index)}<span id="${old}"></span>${text.slice(place.index)}`;
  }, html);
}
