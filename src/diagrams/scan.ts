/** A fenced block of Mermaid in a Markdown or MDX file. */
export interface Block {
  /** What stands between the fences, indentation of the opening fence taken off. */
  source: string;
  /** Line of the file (from 1) that holds the first line of the source. */
  line: number;
}

/** Finds the ```` ```mermaid ```` blocks of a file's text, in order. */
export function findBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let fence: { mark: string; indent: number; isMermaid: boolean; line: number; lines: string[] } | undefined;
  text.split(/\r?\n/).forEach((line, i) => {
    if (!fence) {
      const open = /^([ \t]*)(`{3,}|~{3,})[ \t]*([^`]*)$/.exec(line);
      if (!open) return;
      const [, indent = '', mark = '', info = ''] = open;
      const isMermaid = /^mermaid(?:\s|$)/.test(info.trim());
      fence = { mark, indent: indent.length, isMermaid, line: i + 2, lines: [] };
      return;
    }
    const close = /^[ \t]*(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1];
    if (close?.startsWith(fence.mark)) {
      if (fence.isMermaid) blocks.push({ source: fence.lines.join('\n'), line: fence.line });
      fence = undefined;
      return;
    }
    const own = /^[ \t]*/.exec(line)?.[0].length ?? 0;
    fence.lines.push(line.slice(Math.min(own, fence.indent)));
  });
  return blocks;
}
