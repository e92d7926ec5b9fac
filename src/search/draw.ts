/** Draws what search found, as elements. */
import { element } from '#site/element.ts';
import type { Excerpts } from './client.ts';
import type { Excerpt } from './excerpt.ts';
import type { Head } from './head.ts';
import type { Result } from './search.ts';

/**
 * An address that makes the browser mark the found words where it lands (a text directive,
 * https://wicg.github.io/scroll-to-text-fragment/). A few words in a row, because a single one would mark the first place
 * of the page that holds it; where they are not found the anchor still holds. The site's script takes the directive out
 * of the address again.
 */
function marking(address: string, { phrase }: Excerpt): string {
  // A comma or a hyphen would be read as the directive's own syntax.
  return phrase === '' ? address : `${address}:~:text=${encodeURIComponent(phrase).replaceAll('-', '%2D')}`;
}

/**
 * A result as a list item: the question, and up to three of its sections with the text that was found there.
 * `option` counts the links on; each is an option of the list box.
 */
export function drawResult(
  { page, sections }: Result,
  base: string,
  excerpts: Excerpts,
  option: () => string,
): HTMLLIElement {
  const address = `${base}${page.id}/`;
  const item = element(
    'li',
    { class: 'hit', role: 'presentation', 'data-category': page.category },
    element(
      'a',
      { href: address, role: 'option', id: option(), class: 'hit-page', 'data-site-search-hit': '' },
      element('span', { class: 'number' }, page.number > 0 ? String(page.number) : ''),
      element('span', { class: 'hit-title' }, page.asked),
    ),
  );
  for (const { anchor, text } of sections) {
    const excerpt = excerpts.get(`${page.id}#${anchor}`);
    const place = `${address}#${anchor}`;
    const link = element(
      'a',
      {
        href: excerpt ? marking(place, excerpt) : place,
        role: 'option',
        id: option(),
        class: 'hit-section',
        'data-site-search-section': '',
      },
      element('span', { class: 'hit-heading' }, text),
    );
    if (excerpt) {
      const found = element('span', { class: 'hit-excerpt' });
      found.innerHTML = excerpt.html;
      link.append(found);
    }
    item.append(link);
  }
  return item;
}

/** Every question by category, as plain links: what an empty search shows, and a search that found little. */
export function drawAll({ categories, pages }: Head, base: string): HTMLElement[] {
  return categories.map(({ slug, title, hue }) =>
    element(
      'section',
      { class: `question-group hue-${hue}`, 'data-category': slug },
      element('h2', {}, title),
      element(
        'ol',
        { class: 'question-list' },
        ...pages
          .filter(({ category }) => category === slug)
          .map(({ id, number, asked }) => {
            const link = element(
              'a',
              { href: `${base}${id}/` },
              element('span', { class: 'number' }, String(number)),
              element('span', { class: 'asked' }, asked),
            );
            return element('li', {}, link);
          }),
      ),
    ),
  );
}
