import { wordsOf } from './words.ts';

/** A piece of a section around the words that full-text search found. */
export interface Excerpt {
  /** HTML with `<mark>`; Pagefind escapes the text. */
  readonly html: string;
  /** A few words around the first marked one, to find the place again; empty when there are none. */
  readonly phrase: string;
}

/** How many words find a place again: a single one would find the first place of the page that holds it. */
const enough = 6;

/** Sections are indexed in one line, with signs between what stands apart on the page; a phrase crosses none of them. */
const ends = /[.,;:!?)…]$/;

/** What an excerpt marks, in order, each mark as words. */
export function marksOf(html: string): string[] {
  return [...html.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, marked = '']) => wordsOf(marked).join(' '));
}

/**
 * The first marked word of an excerpt with its neighbours, up to the next sign: first those after it, then those before. Empty
 * when it stands alone.
 * @param html the excerpt as Pagefind gives it
 */
export function phraseOf(html: string): string {
  const at = html.indexOf('<mark>');
  if (at < 0) return '';
  const words = (part: string) =>
    part
      .replaceAll(/<\/?mark>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
      .split(/\s+/)
      .filter((word) => word !== '');
  const after = words(html.slice(at));
  const end = after.findIndex((word) => ends.test(word));
  const phrase = after.slice(0, Math.min(enough, end < 0 ? enough : end + 1));
  // What the mark is joined to, such as an opening bracket, belongs to its word.
  const before = words(html.slice(0, at));
  if (/\S$/.test(html.slice(0, at))) phrase[0] = `${before.pop() ?? ''}${phrase[0] ?? ''}`;
  for (let word = before.pop(); word && phrase.length < enough && !ends.test(word); word = before.pop())
    phrase.unshift(word);
  if (phrase.length < 2) return '';
  return phrase
    .join(' ')
    .replace(/[.,;:!?…]+$/, '')
    .replace(/^…/, '');
}
