/** What is wrong with a Mermaid source. `line` counts from 1 within the source. */
export class SourceError extends Error {
  readonly line: number | undefined;

  constructor(message: string, line: number | undefined) {
    super(message);
    this.name = 'SourceError';
    this.line = line;
  }
}

/**
 * Turns a line number of Mermaid's parsers into one of the source: before they see a text, Mermaid takes out
 * frontmatter, comments with the blank lines before them, and blank lines at the top.
 */
export function sourceLine(source: string, parsedLine: number): number {
  const frontmatter = /^\s*---[ \t]*\n[\s\S]*?\n[ \t]*---[ \t]*\n/.exec(source)?.[0].length ?? 0;
  const removed: [number, number][] = [[0, frontmatter]];
  for (const { 0: comment, index } of source.slice(frontmatter).matchAll(/^\s*%%(?!\{)[^\n]*\n?/gm))
    removed.push([frontmatter + index, frontmatter + index + comment.length]);
  /** Line of the source for each character that is left. */
  const left: { char: string; line: number }[] = [];
  let line = 1;
  for (let at = 0; at < source.length; at++) {
    const char = source.charAt(at);
    if (!removed.some(([from, to]) => at >= from && at < to)) left.push({ char, line });
    if (char === '\n') line++;
  }
  let from = left.findIndex(({ char }) => !/\s/.test(char));
  for (let parsed = 1; parsed < parsedLine; parsed++) {
    const end = left.findIndex(({ char }, i) => i >= from && char === '\n');
    if (end < 0 || end + 1 >= left.length) break;
    from = end + 1;
  }
  return left[from]?.line ?? line;
}

/** Where a source holds what a message without line number quotes: `"a"`, `[zzz]`, `date:2026-13-45`, `block 9 - 11`. */
export function quotedLine(source: string, message: string): number | undefined {
  const quoted = [...message.matchAll(/"([^"]+)"|\[([^\]]+)\]|:\s*(\S[^\n]*)|(\d+ ?- ?\d+)/g)]
    .flatMap((match) => match.slice(1))
    .map((part: string | undefined) => part?.trim() ?? '')
    .filter((part) => part !== '');
  const lines = source.split('\n').map((text) => (/^\s*%%/.test(text) ? '' : text.trim()));
  const bare = (text: string) => text.replace(/\s/g, '');
  for (const part of quoted) {
    const word = new RegExp(`(?<![\\w-])${part.replace(/[^\w\s]/g, '\\$&')}(?![\\w-])`);
    for (const fits of [
      (text: string) => text === part,
      (text: string) => word.test(text),
      (text: string) => bare(text).includes(bare(part)),
    ]) {
      const at = lines.findIndex(fits);
      if (at >= 0) return at + 1;
    }
  }
  return undefined;
}
