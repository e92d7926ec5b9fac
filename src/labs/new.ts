/** `npm run new:lab -- <category>/<guide>/<name>`: writes the first lines of a lab. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { guideId, questions } from '#guides/catalogue.ts';
import { filesOf, parseAddress, placesIn, type Places } from './paths.ts';

const template = `import { lab } from '#labs/index.ts';

export default lab({
  title: 'What is shown, in a few words',
  claim: 'The one sentence that this program proves.',
  engines: ['postgres'],
  async run({ postgres, fact }) {
    const db = await postgres();
    // #region attempt
    const answer = await db.value<number>('SELECT 1');
    // #endregion attempt
    fact('answer', answer);
  },
});
`;

/**
 * Writes a new lab.
 * @param guides the addresses of all guides that may have labs.
 * @returns what to do next.
 * @throws {RangeError} when the address is no lab's, its guide is not in the catalogue, or the lab exists.
 */
export function newLab(places: Places, guides: readonly string[], id: string): string {
  const lab = parseAddress(id.replace(/^src\/labs\//, '').replace(/\.ts$/, ''));
  if (!guides.includes(lab.guide)) {
    const alike = guides.filter((guide) => guide.split('/').some((part) => lab.guide.includes(part)));
    throw new RangeError(
      `There is no guide ${lab.guide}. ${alike.length > 0 ? `Did you mean ${alike.join(', ')}?` : `The guides are ${guides.join(', ')}.`}`,
    );
  }
  const { program, folder } = filesOf(places, lab);
  const file = path.relative(process.cwd(), program);
  if (existsSync(program)) throw new RangeError(`${file} exists already.`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(program, template);
  return [
    `Wrote ${file}. Next:`,
    `  npm run labs -- ${lab.id}             run it`,
    `  npm run labs -- --record ${lab.id}    record its result`,
    `  <Lab name="${lab.name}"> in src/content/docs/${lab.guide}.mdx`,
  ].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  const [, , id] = process.argv;
  try {
    if (!id) throw new RangeError('Which lab? npm run new:lab -- <category>/<guide>/<name>');
    console.log(newLab(placesIn(process.cwd()), questions.map(guideId), id));
  } catch (error) {
    console.error(error instanceof RangeError ? error.message : error);
    process.exitCode = 1;
  }
}
