/** The Markdown plugin that fills lab fences with the code they name. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MdastPluginDefinition, MdastPluginEntry } from 'satteri';
import { labCode, labReference } from './lab-fence.ts';
import { placesIn } from './paths.ts';

/** The line, from 1, of the `nth` fence (from 0) whose opening line holds this meta. */
function lineOf(source: string, meta: string, nth: number): number {
  const lines = source
    .split('\n')
    .flatMap((line, index) => (/^\s*(`{3,}|~{3,})/.test(line) && line.includes(meta) ? [index + 1] : []));
  return lines[nth] ?? lines[0] ?? 1;
}

/**
 * Fills an empty fence whose meta is `lab="write-skew#attempt"` with that region of `src/labs/<guide>/write-skew.ts`.
 * The block goes on as an ordinary code block with the file's name as its title.
 * @param root the checkout; default the working directory.
 * @throws {Error} with the guide's file and line when the file or region is missing, the fence is not empty, or its language is not the file's.
 */
export const labRegions =
  (root: string = process.cwd()): MdastPluginEntry =>
  ({ fileURL, sourceFormat }): MdastPluginDefinition | null => {
    if (!fileURL || sourceFormat !== 'mdx') return null;
    const file = fileURLToPath(fileURL);
    const { labs, guides } = placesIn(root);
    const guide = path.relative(guides, file).replace(/\.mdx$/, '');
    const seen = new Map<string, number>();
    return {
      name: 'lab-regions',
      code(node, visitor) {
        const reference = labReference(node.meta);
        if (!reference || node.meta == null) return;
        const nth = seen.get(node.meta) ?? 0;
        seen.set(node.meta, nth + 1);
        let code: string;
        try {
          if (node.value.trim() !== '')
            throw new Error('A lab fence must be empty: the build fills it from the program.');
          code = labCode(path.join(labs, guide), reference, node.lang ?? '');
        } catch (error) {
          const line = lineOf(readFileSync(file, 'utf8'), node.meta, nth);
          throw new Error(`${path.relative(root, file)}:${line} ${(error as Error).message}`, {
            cause: error,
          });
        }
        const title = /\btitle=/.test(reference.rest) ? '' : `title="${path.basename(reference.file)}"`;
        visitor.replaceNode(node, {
          type: 'code',
          lang: node.lang ?? null,
          meta: [title, reference.rest].filter(Boolean).join(' '),
          value: code,
        });
      },
    };
  };
