/** What a guide's page says about labs and code: the labs it shows and its code fences, each with its line. Pure. */
import type { Code, Root } from 'mdast';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkMdx from 'remark-mdx';
import remarkParse from 'remark-parse';
import { unified } from 'unified';

/** A code fence. */
export interface Fence {
  readonly language: string;
  /** What follows the language on the opening line. */
  readonly meta: string;
  readonly code: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

/** A `<Lab name="…">` on a page. */
export interface ShownLab {
  readonly name: string;
  readonly line: number;
}

/** What a page holds. */
export interface Page {
  readonly fences: readonly Fence[];
  readonly labs: readonly ShownLab[];
}

const parser = unified().use(remarkParse).use(remarkFrontmatter).use(remarkGfm).use(remarkMdx);

type Node = Root | Root['children'][number];

const walk = (node: Node, visit: (node: Node) => void): void => {
  visit(node);
  if ('children' in node) for (const child of node.children) walk(child, visit);
};

const fence = (node: Code): Fence => ({
  language: node.lang ?? '',
  meta: node.meta ?? '',
  code: node.value,
  line: node.position?.start.line ?? 1,
});

/**
 * Reads a page's source.
 * @param file named in the error.
 * @throws {SyntaxError} with file and line when it is no valid MDX.
 */
export function readPage(source: string, file: string): Page {
  let root: Root;
  try {
    root = parser.parse(source);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line =
      error instanceof Error && 'line' in error && typeof error.line === 'number' ? error.line : undefined;
    // Some messages carry the place only in their text: “(5:1-5:8)”.
    throw new SyntaxError(`${file}:${line ?? /\((\d+):/.exec(message)?.[1] ?? 1} ${message}`, {
      cause: error,
    });
  }
  const fences: Fence[] = [];
  const labs: ShownLab[] = [];
  walk(root, (node) => {
    if (node.type === 'code') fences.push(fence(node));
    if ((node.type === 'mdxJsxFlowElement' || node.type === 'mdxJsxTextElement') && node.name === 'Lab') {
      const attribute = node.attributes.find(
        (item) => item.type === 'mdxJsxAttribute' && item.name === 'name',
      );
      const name = typeof attribute?.value === 'string' ? attribute.value : '';
      labs.push({ name, line: node.position?.start.line ?? 1 });
    }
  });
  return { fences, labs };
}
