/** Glossary terms in text: which stand in a page, and abbreviations that the glossary does not know. Pure. */
import { type Term, glossary, names } from './glossary.ts';

const escape = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Each spelling of each term; an abbreviation only as it is written, a word also with a capital at the start of a sentence. */
const spellings: ReadonlyMap<string, Term> = new Map(
  glossary.flatMap((term) =>
    [term.term, ...(term.also ?? [])].flatMap((text) =>
      /^[a-z]/.test(text)
        ? [[text, term] as const, [text.charAt(0).toUpperCase() + text.slice(1), term] as const]
        : [[text, term] as const],
    ),
  ),
);

const pattern = new RegExp(
  `(?<![\\w/.-])(?:${[...spellings.keys()]
    .sort((a, b) => b.length - a.length)
    .map(escape)
    .join('|')})(?![\\w-]|/\\w)`,
  'g',
);

/** Elements whose text is no prose to explain words in. */
const closed =
  /^(?:a|abbr|button|code|dt|figcaption|h1|h2|h3|h4|kbd|label|nav|noscript|pre|q|script|select|style|summary|svg|table|textarea|title)$/;
const empty = /^(?:area|br|col|hr|img|input|link|meta|source|wbr)$/;

/** Blocks of a guide that hold output rather than prose. */
const silent = /class="[^"]*\b(?:lab-result|definition)\b/;

/**
 * The HTML of a guide with the first mention of each term in its prose made a link to the glossary, and the definitions
 * below as popovers (https://html.spec.whatwg.org/multipage/popover.html), which `site/reading/terms.ts` opens by the
 * term. A link rather than a button: its text stays part of the sentence for selecting, quoting and wrapping. Other
 * pages come back as they are.
 * @param html a whole page as the site renders it, well-formed
 * @param glossaryAddress the glossary page, to which each definition links
 */
export function explainTerms(html: string, glossaryAddress: string): string {
  const firstPart = html.indexOf(' data-part=');
  const start = html.lastIndexOf('<', firstPart);
  const end = html.indexOf('<footer class="page-footer"');
  if (firstPart < 0 || end < start) return html;
  const seen = new Map<string, Term>();
  /** The elements that are open here, and whether their text is left alone. */
  const open: { tag: string; closed: boolean }[] = [];
  const explain = (found: string) => {
    const term = spellings.get(found);
    if (!term || seen.has(term.id)) return found;
    seen.set(term.id, term);
    return `<a class="term" href="${glossaryAddress}#${term.id}" data-term="term-${term.id}">${found}</a>`;
  };
  const explained = html
    .slice(start, end)
    .replaceAll(
      /<!--[\s\S]*?-->|<(\/?)([a-zA-Z][\w-]*)[^>]*>|[^<]+/g,
      (piece, closing?: string, name?: string) => {
        if (name === undefined)
          return piece.startsWith('<!--') || open.some((element) => element.closed)
            ? piece
            : piece.replaceAll(pattern, explain);
        const tag = name.toLowerCase();
        if (closing) {
          const at = open.findLastIndex((element) => element.tag === tag);
          if (at >= 0) open.length = at;
        } else if (!empty.test(tag) && !piece.endsWith('/>')) {
          open.push({ tag, closed: closed.test(tag) || silent.test(piece) });
        }
        return piece;
      },
    );
  const definitions = [...seen.values()].map(
    ({ id, term, long, means }) =>
      `<div class="definition" popover id="term-${id}"><strong>${term}</strong>${long ? `, ${long}` : ''}: ${means} <a href="${glossaryAddress}#${id}">Glossary</a></div>`,
  );
  return html.slice(0, start) + explained + definitions.join('') + html.slice(end);
}

/** The terms that a text mentions, by id, in the order of their first mention. `text`: plain text or Markdown without code. */
export function termsIn(text: string): string[] {
  return [...new Set([...text.matchAll(pattern)].flatMap(([found]) => spellings.get(found)?.id ?? []))];
}

/** Abbreviations in a text that neither the glossary nor the list of names knows, each with its place in the text. */
export function undefinedAbbreviations(text: string): { word: string; index: number }[] {
  return [...text.matchAll(/(?<![\w`/.\-])[A-Z][A-Z0-9]{1,5}(?![\w`/-]|\.\w)/g)].flatMap(
    ({ 0: word, index }) =>
      names.has(word) || spellings.has(word) || /^[A-Z]\d+$|^\w*\d{3}/.test(word) ? [] : [{ word, index }],
  );
}
