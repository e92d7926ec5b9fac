/** What a text directive's syntax would read as its own. */
const encode = (text: string) => encodeURIComponent(text).replaceAll('-', '%2D');

/** A quotation up to this many characters is named whole, a longer one by its first and last words. */
const wholeLength = 120;
const edgeWords = 4;

/**
 * The fragment that leads to a quotation and marks it: `:~:text=…` (https://wicg.github.io/scroll-to-text-fragment/).
 * @param quotation the selected text; a line break in it stands for the border of a block, which a directive cannot
 *   cross in one piece
 * @returns the fragment without `#`, or undefined when nothing is quoted
 */
export function textDirective(quotation: string): string | undefined {
  const blocks = quotation
    .split(/\n+/)
    .map((line) => line.trim().split(/\s+/).join(' '))
    .filter(Boolean);
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (!first || !last) return undefined;
  if (blocks.length === 1 && first.length <= wholeLength) return `:~:text=${encode(first)}`;
  const start = first.split(' ').slice(0, edgeWords).join(' ');
  const end = last.split(' ').slice(-edgeWords).join(' ');
  return `:~:text=${encode(start)},${encode(end)}`;
}
