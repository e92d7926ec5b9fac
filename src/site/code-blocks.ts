import type { StarlightExpressiveCodeOptions } from '@astrojs/starlight/expressive-code';

type Plugin = NonNullable<StarlightExpressiveCodeOptions['plugins']>[number];

/** What is used of a node of the rendered block (hast, https://github.com/syntax-tree/hast). */
interface Node {
  readonly type: string;
  tagName?: string;
  properties?: Record<string, unknown>;
  children?: Node[];
}

function mend(node: Node, insideInline: boolean) {
  const { tagName } = node;
  if (insideInline && tagName === 'div') node.tagName = 'span';
  if (tagName === 'button')
    node.properties = { ...node.properties, type: 'button', ariaLabel: node.properties?.['title'] };
  for (const child of node.children ?? [])
    mend(child, insideInline || tagName === 'code' || tagName === 'button');
}

/** Makes the HTML of code blocks valid: lines are spans, since `code` and `button` hold no `div`; buttons say what they do. */
export const validCodeBlocks = {
  name: 'valid-code-blocks',
  hooks: {
    postprocessRenderedBlockGroup: ({ renderData }) => {
      // The block's own type is hast; only the fields declared above are touched.
      mend(renderData.groupAst as Node, false);
    },
  },
} satisfies Plugin;
