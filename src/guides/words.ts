/**
 * Counts the words a reader reads in a piece of inline Markdown: references in brackets and markup do not count,
 * a word is a run of letters or digits with what is joined to it.
 */
export function countWords(text: string): number {
  const prose = text
    .replace(/\[\^[\w-]+\]/g, ' ')
    .replace(/\[lab:[\w-]+\]/g, ' lab ')
    .replace(/\[lab:[^\]]+\]/g, ' 0 ')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  return prose.match(/[\p{L}\p{N}][\p{L}\p{N}'’.,_/%-]*/gu)?.length ?? 0;
}

/** Minutes to read this many words at 220 words a minute, at least one (source: Brysbaert 2019 gives 238 for English non-fiction; code and diagrams slow it). */
export function readingMinutes(words: number): number {
  return Math.max(1, Math.round(words / 220));
}
