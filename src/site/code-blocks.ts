import type { StarlightExpressiveCodeOptions } from '@astrojs/starlight/expressive-code';

type Plugin = NonNullable<StarlightExpressiveCodeOptions['plugins']>[number];

/** What is used of a node of the rendered block (hast, https://github.com/syntax-tree/hast). */
interface Node {
  readonly type: string;
  readonly value?: string;
  tagName?: string;
  properties?: Record<string, unknown>;
  children?: Node[];
}

function textOf(node: Node): string {
  return node.value ?? (node.children ?? []).map(textOf).join('');
}

function mend(node: Node, insideInline: boolean) {
  const { tagName } = node;
  // Full-text search finds claims; code would drown them.
  if (tagName === 'figure') node.properties = { ...node.properties, dataPagefindIgnore: 'all' };
  // A block may scroll, so the keyboard must reach it, and then it needs a name; where it fits, a script takes both away.
  if (tagName === 'pre') {
    const label = `Code: ${textOf(node).trim().slice(0, 60)}`;
    node.properties = { ...node.properties, tabIndex: 0, role: 'group', ariaLabel: label };
  }
  if (insideInline && tagName === 'div') node.tagName = 'span';
  if (tagName === 'button')
    node.properties = { ...node.properties, type: 'button', ariaLabel: node.properties?.['title'] };
  for (const child of node.children ?? [])
    mend(child, insideInline || tagName === 'code' || tagName === 'button');
}

/** Makes the HTML of code blocks valid: lines are spans, since `code` and `button` hold no `div`; blocks and buttons say what they are. */
export const validCodeBlocks = {
  name: 'valid-code-blocks',
  hooks: {
    postprocessRenderedBlockGroup: ({ renderData }) => {
      // The block's own type is hast; only the fields declared above are touched.
      mend(renderData.groupAst, false);
    },
  },
} satisfies Plugin;
