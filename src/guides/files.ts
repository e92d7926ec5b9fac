import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkGuide, checkTogether, type GuideFile, type Problem } from './anatomy.ts';
import { frontmatterOf } from './frontmatter.ts';
import { labReader } from './labs.ts';

/** Where guides live, relative to the project. */
export const guidesFolder = 'src/content/docs';

/**
 * Every guide's file below the project's folder, by address.
 * @param root the project's folder
 */
export function readGuideFiles(root: string): GuideFile[] {
  return globSync('*/*.mdx', { cwd: path.join(root, guidesFolder) })
    .sort()
    .map((name) => {
      const file = path.posix.join(guidesFolder, name.split(path.sep).join('/'));
      return {
        file,
        id: name
          .replace(/\.mdx$/, '')
          .split(path.sep)
          .join('/'),
        source: readFileSync(path.join(root, file), 'utf8'),
      };
    });
}

/** Problems of all the guides, or of those whose address contains one of `only`. */
export function checkGuides(files: readonly GuideFile[], only: readonly string[] = []): Problem[] {
  const wanted = ({ id }: { id: string }) => only.length === 0 || only.some((part) => id.includes(part));
  const chosen = files.filter(wanted);
  return [
    ...chosen.flatMap((guide) => checkGuide(guide, labReader(guide.id).labValue)),
    ...checkTogether(files).filter(({ file }) => chosen.some((guide) => guide.file === file)),
  ];
}

/** Whether the guide is a draft, which only `npm run dev` shows. */
export function isDraft({ source }: GuideFile): boolean {
  return /^draft: true$/m.test(frontmatterOf(source) ?? '');
}
