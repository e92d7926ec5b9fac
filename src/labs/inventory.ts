/** Whether labs, results and pages belong together: no lab without result and page, no result without lab, no page that names what is not there. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { findLabs } from './catalogue.ts';
import { readPage } from './guide-page.ts';
import { labCode, labReference } from './lab-fence.ts';
import { filesOf, parseAddress, type Places } from './paths.ts';

/** Something that does not belong together: where, what, and how to mend it. */
export interface Mismatch {
  /** The lab's address, or the page's file and line. */
  readonly where: string;
  readonly what: string;
}

/**
 * Everything that does not belong together.
 * @param categories the categories of guides.
 * @param only looks at one guide or several (their addresses); default all.
 */
export function mismatches(
  places: Places,
  categories: readonly string[],
  only?: readonly string[],
): readonly Mismatch[] {
  const wanted = (guide: string): boolean => !only || only.includes(guide);
  const found = findLabs(places.labs, categories);
  const labs = found.labs.filter(({ guide }) => wanted(guide));
  const shown = new Set<string>();
  const all: Mismatch[] = [];

  for (const category of categories) {
    const folder = path.join(places.guides, category);
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder)
      .filter((name) => name.endsWith('.mdx'))
      .sort()) {
      const guide = `${category}/${file.replace(/\.mdx$/, '')}`;
      if (!wanted(guide)) continue;
      const name = path.relative(process.cwd(), path.join(folder, file));
      const page = readPage(readFileSync(path.join(folder, file), 'utf8'), name);
      for (const { name: lab, line } of page.labs) {
        const id = `${guide}/${lab}`;
        shown.add(id);
        if (!found.labs.some((candidate) => candidate.id === id)) {
          all.push({
            where: `${name}:${line}`,
            what: `shows the lab “${lab}”, but src/labs/${id}.ts does not exist.`,
          });
        }
      }
      for (const fence of page.fences) {
        const reference = labReference(fence.meta);
        if (!reference) continue;
        try {
          labCode(path.join(places.labs, guide), reference, fence.language);
        } catch (error) {
          all.push({ where: `${name}:${fence.line}`, what: (error as Error).message });
        }
      }
    }
  }

  for (const lab of labs) {
    const files = filesOf(places, lab);
    if (!existsSync(files.result))
      all.push({
        where: lab.id,
        what: `has no recorded result. Record it: npm run labs -- --record ${lab.id}`,
      });
    if (!existsSync(files.page))
      all.push({
        where: lab.id,
        what: `is a lab without a page: there is no src/content/docs/${lab.guide}.mdx.`,
      });
    else if (!shown.has(lab.id))
      all.push({
        where: lab.id,
        what: `is not shown by its guide. Add <Lab name="${lab.name}"> to src/content/docs/${lab.guide}.mdx, or remove the lab.`,
      });
  }
  for (const { id, guide } of found.results) {
    if (wanted(guide) && !found.labs.some((lab) => lab.id === id)) {
      all.push({
        where: id,
        what: `is a result whose lab is gone. Remove src/labs/${parseAddress(id).id}.result.json, or bring the lab back.`,
      });
    }
  }
  return all;
}
