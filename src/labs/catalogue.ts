/** Finds the labs on disk. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseAddress, type LabAddress } from './paths.ts';

const folders = (at: string): string[] =>
  !existsSync(at) ? [] : readdirSync(at, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort(); // prettier-ignore

/** What stands in the folders of labs. */
export interface Found {
  readonly labs: readonly LabAddress[];
  /** Addresses of results, whether or not their lab exists. */
  readonly results: readonly LabAddress[];
}

/**
 * Every lab: a `.ts` file directly in `src/labs/<category>/<guide>/`. Helper programs stand in folders below, or have another ending.
 * @param labsFolder absolute path of src/labs.
 * @param categories the folders to look in.
 */
export function findLabs(labsFolder: string, categories: readonly string[]): Found {
  const labs: LabAddress[] = [];
  const results: LabAddress[] = [];
  for (const category of categories) {
    for (const slug of folders(path.join(labsFolder, category))) {
      for (const file of readdirSync(path.join(labsFolder, category, slug)).sort()) {
        const match = /^([^.]+)\.(ts|result\.json)$/.exec(file);
        if (!match) continue;
        (match[2] === 'ts' ? labs : results).push(parseAddress(`${category}/${slug}/${match[1] ?? ''}`));
      }
    }
  }
  return { labs, results };
}

/**
 * The labs that a word on the command line means: a whole address, its end (`write-skew`, `transactions-and-isolation/write-skew`),
 * or the address of a guide or category, which means all of its labs.
 * @throws {RangeError} when it means none, naming those that look alike.
 */
export function select(labs: readonly LabAddress[], word: string): readonly LabAddress[] {
  const wanted = word
    .replace(/^src\/labs\//, '')
    .replace(/\.ts$/, '')
    .replace(/\/$/, '');
  const chosen = labs.filter(
    ({ id }) =>
      id === wanted || id.endsWith(`/${wanted}`) || id.startsWith(`${wanted}/`) || id.includes(`/${wanted}/`),
  );
  if (chosen.length > 0) return chosen;
  const alike = labs.filter(
    ({ id }) => id.includes(wanted) || wanted.split('/').some((part) => part.length > 3 && id.includes(part)),
  );
  throw new RangeError(
    `There is no lab “${word}”. ${alike.length > 0 ? `Did you mean: ${alike.map(({ id }) => id).join(', ')}?` : 'List them all with `npm run labs`.'}`,
  );
}
