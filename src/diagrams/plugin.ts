import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MdastPluginDefinition } from 'satteri';
import { drawBlock } from './page.ts';
import type { Renderer } from './renderer.ts';
import { findBlocks } from './scan.ts';

/** Where this page's diagrams stand, and what they used up so far. Lives as long as one file's rendering. */
interface PageState {
  seen: Set<string>;
  nextLine: number;
}

const pages = new WeakMap<object, PageState>();

/** Where in the file a block stands: nodes only know their place in the text without frontmatter. */
function lineInFile(file: string | undefined, source: string, after: number): number {
  if (file === undefined) return 1;
  const blocks = findBlocks(readFileSync(file, 'utf8')).filter(
    (block) => block.source.trim() === source.trim(),
  );
  return (blocks.find((block) => block.line >= after) ?? blocks[0])?.line ?? 1;
}

/**
 * The Markdown plugin: every ```` ```mermaid ```` block becomes a figure. Its name carries the renderer's version, so
 * that Astro renders cached pages anew when diagrams would look different.
 * @param onError told of every failure: Astro only logs what a plugin throws in `.md` files
 */
export function markdownPlugin(renderer: Renderer, onError: (error: unknown) => void): MdastPluginDefinition {
  return {
    name: `diagrams-${renderer.version}`,
    async code(node, context) {
      if (node.lang !== 'mermaid') return undefined;
      const file = context.fileURL && fileURLToPath(context.fileURL);
      const page = pages.get(context.data) ?? { seen: new Set(), nextLine: 1 };
      pages.set(context.data, page);
      const line = lineInFile(file, node.value, page.nextLine);
      page.nextLine = line + 1;
      let html: string;
      try {
        const name = file === undefined ? 'Markdown' : path.relative(process.cwd(), file);
        html = await drawBlock(renderer, { source: node.value, line }, name, page.seen);
      } catch (error) {
        onError(error);
        throw error;
      }
      // In MDX, raw HTML would be read as Markdown again, and `--token` become a dash.
      if (context.sourceFormat !== 'mdx') return { type: 'html', value: html };
      const attribute = { type: 'mdxJsxAttribute' as const, name: 'set:html', value: html };
      return { type: 'mdxJsxFlowElement', name: 'Fragment', attributes: [attribute], children: [] };
    },
  };
}
