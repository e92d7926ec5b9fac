/** Named regions of a source file: `// #region name` … `// #endregion name`, with the comment marks of any language. Pure. */

const marker = (kind: 'region' | 'endregion'): RegExp =>
  new RegExp(`^\\s*(?://|--|#|/\\*|<!--|;)\\s*#${kind}\\b\\s*([\\w-]*)`);

/** A region and where it stands. */
export interface Region {
  readonly name: string;
  /** Line of the opening marker, from 1. */
  readonly line: number;
  /** Lines between the markers, dedented, without markers of inner regions and without blank lines at both ends. */
  readonly text: string;
}

/** Removes the indentation that all non-blank lines share. */
export function dedent(lines: readonly string[]): string[] {
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => /^\s*/.exec(line)?.[0].length ?? 0);
  const common = Math.min(...indents, Number.MAX_SAFE_INTEGER);
  return lines.map((line) => line.slice(common).trimEnd());
}

const trimBlank = (lines: readonly string[]): string[] => {
  const first = lines.findIndex((line) => line !== '');
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex((line) => line !== '') + 1);
};

/**
 * All regions of a file, in order. Regions may be nested; an `#endregion` without a name closes the innermost one.
 * @param file named in errors.
 * @throws {SyntaxError} with file and line for a region that is not closed, closed twice, nameless or named twice.
 */
export function regionsOf(source: string, file: string): readonly Region[] {
  const [open, close] = [marker('region'), marker('endregion')];
  const lines = source.split(/\r?\n/);
  const stack: { name: string; from: number }[] = [];
  const found: Region[] = [];
  for (const [index, line] of lines.entries()) {
    const at = `${file}:${index + 1}`;
    const opening = open.exec(line);
    if (opening) {
      const name = opening[1] ?? '';
      if (!name) throw new SyntaxError(`${at}: this region has no name. Write \`#region some-name\`.`);
      if (found.some((region) => region.name === name) || stack.some((region) => region.name === name)) {
        throw new SyntaxError(
          `${at}: a second region is named ${name}. Give each region of a file its own name.`,
        );
      }
      stack.push({ name, from: index });
      continue;
    }
    const closing = close.exec(line);
    if (!closing) continue;
    const region = stack.pop();
    if (!region || (closing[1] && closing[1] !== region.name)) {
      throw new SyntaxError(
        `${at}: this closes ${closing[1] || 'a region'}, but ${region ? `the open region is ${region.name}` : 'no region is open'}.`,
      );
    }
    const inner = lines.slice(region.from + 1, index).filter((text) => !open.test(text) && !close.test(text));
    found.push({ name: region.name, line: region.from + 1, text: trimBlank(dedent(inner)).join('\n') });
  }
  const unclosed = stack.pop();
  if (unclosed)
    throw new SyntaxError(`${file}:${unclosed.from + 1}: the region ${unclosed.name} is never closed.`);
  return found.sort((a, b) => a.line - b.line);
}

/**
 * The text of one region.
 * @throws {RangeError} naming the file and the regions it has, when there is none of this name.
 */
export function regionOf(source: string, name: string, file: string): string {
  const regions = regionsOf(source, file);
  const region = regions.find((candidate) => candidate.name === name);
  if (!region) {
    const names = regions.map((candidate) => candidate.name).join(', ');
    throw new RangeError(
      `${file} has no region “${name}”. ${names ? `It has: ${names}.` : 'It has no regions: mark one with `// #region name` and `// #endregion name`.'}`,
    );
  }
  return region.text;
}
