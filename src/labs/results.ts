/** Reads recorded results for pages: the whole result, or one value by its name. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isList, isTable, withUnit } from './format.ts';
import { filesOf, parseAddress, placesIn } from './paths.ts';
import type { Result } from './result.ts';
import { slug } from './slug.ts';

/**
 * The recorded result of a lab.
 * @param guide the guide's address, `postgresql/transactions-and-isolation`.
 * @param lab the lab's name, `write-skew`.
 * @param root the checkout; default the working directory.
 * @throws {Error} when there is no such lab, or it has not been recorded; both say what to do.
 */
export function readResult(guide: string, lab: string, root = process.cwd()): Result {
  const address = parseAddress(`${guide}/${lab}`);
  const { program, result } = filesOf(placesIn(root), address);
  if (existsSync(result)) return JSON.parse(readFileSync(result, 'utf8')) as Result;
  const file = path.relative(root, program);
  throw new Error(
    existsSync(program)
      ? `The lab ${address.id} has no recorded result. Record it: npm run labs -- --record ${address.id}`
      : `There is no lab ${lab} of ${guide}: ${file} does not exist. Create it: npm run new:lab -- ${address.id}`,
  );
}

/** Whether a guide has a lab of this name, recorded or not. */
export const hasLab = (guide: string, lab: string, root = process.cwd()): boolean =>
  existsSync(filesOf(placesIn(root), parseAddress(`${guide}/${lab}`)).program);

/**
 * One recorded value as a reader sees it: a fact or measure by its name in kebab-case, with its unit.
 * A list is joined by commas.
 * @param lab named in errors.
 * @throws {Error} when there is none of this name (listing those there are), or when it is a table or a text of several lines.
 */
export function valueText(result: Result, name: string, lab: string): string {
  const fact = result.facts.find((candidate) => slug(candidate.name) === name);
  if (fact) {
    const { value, unit } = fact;
    if (isTable(value) || (typeof value === 'string' && value.includes('\n'))) {
      throw new Error(
        `[lab:${lab}/${name}]: “${fact.name}” is ${isTable(value) ? 'a table' : 'a text of several lines'}, which does not fit into a sentence. State the one value as a fact of its own.`,
      );
    }
    return isList(value) ? value.map((item) => withUnit(item, unit)).join(', ') : withUnit(value, unit);
  }
  const measure = result.measured.measures.find((candidate) => slug(candidate.name) === name);
  if (measure) return withUnit(measure.value, measure.unit);
  const names = [...result.facts, ...result.measured.measures].map((item) => slug(item.name));
  throw new Error(
    `[lab:${lab}/${name}]: the lab ${lab} has recorded no such value. ${names.length > 0 ? `It has: ${names.join(', ')}.` : 'It has none: state one by fact() or measure().'}`,
  );
}
