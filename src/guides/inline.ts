import { micromark } from 'micromark';
import { type ReferenceContext, findReferences, renderReference, spaceBefore } from './references.ts';

/**
 * A line of inline Markdown as HTML, references resolved: what frontmatter strings and component attributes hold.
 * Raw HTML in it is shown as text.
 * @throws Error when a reference resolves to nothing.
 */
export function renderInline(markdown: string, context: ReferenceContext): string {
  const references = findReferences(markdown);
  // Private-use characters pass through the Markdown parser untouched, so the references' own brackets cannot be taken for links.
  const marked = references.reduce(
    (text, reference, index) => text.replace(reference.text, `\uE000${index}\uE001`),
    markdown,
  );
  const html = micromark(marked.trim()).replace(/^<p>|<\/p>$/g, '');
  return html.replace(/(\s*)\uE000(\d+)\uE001/g, (_, space: string, index: string) => {
    const reference = references[Number(index)];
    return reference ? spaceBefore(reference, space) + renderReference(reference, context) : '';
  });
}

/**
 * The same line as plain text, for search, cards and exports: markup and citations removed, recorded values printed.
 * @throws Error when a value does not exist.
 */
export function plainText(markdown: string, { labValue }: Pick<ReferenceContext, 'labValue'>): string {
  return markdown
    .replace(/\s*\[\^[\w-]+\]/g, '')
    .replace(/\s*\(?\[lab:[\w-]+\]\)?/g, '')
    .replace(/\[lab:([\w-]+)\/([^\]]+)\]/g, (_, lab: string, value: string) => labValue(lab, value))
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
