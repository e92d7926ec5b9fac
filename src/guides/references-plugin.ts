import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MdastPluginDefinition, MdastPluginEntry } from 'satteri';
import { parse } from 'yaml';
import { guidesFolder } from './files.ts';
import { frontmatterOf } from './frontmatter.ts';
import { labReader } from './labs.ts';
import { type ReferenceContext, findReferences, splitReferences } from './references.ts';
import { guideSchema } from './schema.ts';

function contextOf(file: string): ReferenceContext {
  const id = path
    .relative(guidesFolder, path.relative(process.cwd(), file))
    .replace(/\.mdx$/, '')
    .split(path.sep)
    .join('/');
  const frontmatter: unknown = parse(frontmatterOf(readFileSync(file, 'utf8')) ?? '');
  const { sources } = guideSchema.pick({ sources: true }).parse(frontmatter);
  return { sources, ...labReader(id) };
}

/** A Markdown plugin that resolves the references in a guide's text: `[^source]`, `[lab:name]`, `[lab:name/value]`. */
export const references: MdastPluginEntry = ({ fileURL, sourceFormat }): MdastPluginDefinition | null => {
  if (!fileURL || sourceFormat !== 'mdx') return null;
  const file = fileURLToPath(fileURL);
  let context: ReferenceContext | undefined;
  return {
    name: 'guide-references',
    text(node, visitor) {
      if (findReferences(node.value).length === 0) return;
      context ??= contextOf(file);
      let pieces;
      try {
        pieces = splitReferences(node.value, context);
      } catch (error) {
        const line =
          readFileSync(file, 'utf8')
            .split(node.value.split('\n')[0] ?? '')[0]
            ?.split('\n').length ?? 1;
        throw new Error(`${path.relative(process.cwd(), file)}:${line} ${(error as Error).message}`);
      }
      visitor.replaceNode(
        node,
        pieces.map((piece) =>
          'text' in piece
            ? { type: 'text' as const, value: piece.text }
            : {
                type: 'mdxJsxTextElement' as const,
                name: 'Fragment',
                attributes: [{ type: 'mdxJsxAttribute' as const, name: 'set:html', value: piece.html }],
                children: [],
              },
        ),
      );
    },
  };
};
