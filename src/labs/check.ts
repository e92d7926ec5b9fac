/** The check that `npm test` makes: every lab runs, and proves what its recorded result says. */
import { existsSync, readFileSync } from 'node:fs';
import { engines } from './engines/index.ts';
import { mismatches } from './inventory.ts';
import type { Needs } from './messages.ts';
import { filesOf, type LabAddress, type Places } from './paths.ts';
import { differencesText, indent, seconds } from './report.ts';
import { compare, type Result } from './result.ts';
import type { Ran, RunOptions } from './runner.ts';

/** Which labs: those that need only what npm installs, or those that need a service of the system. */
export type Tier = 'npm' | 'services';

/** What a check needs. */
export interface CheckOptions {
  readonly places: Places;
  readonly categories: readonly string[];
  readonly labs: readonly LabAddress[];
  /** Whether all labs were asked for: then orphans and pages are looked at as well. */
  readonly whole: boolean;
  readonly tier: Tier;
  /** A lab that cannot run here fails instead of being skipped. */
  readonly strict: boolean;
  readonly run: (file: string, options: RunOptions) => Promise<Ran>;
  readonly print: (line: string) => void;
}

/** How many labs ended how. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Whether a lab belongs to a tier. */
export const inTier = (tier: Tier, needs: Needs): boolean =>
  (tier === 'services') === needs.engines.some((name) => engines[name].tier === 2);

/** The recorded result of a lab, if there is one. */
export function recorded(places: Places, lab: LabAddress): Result | undefined {
  const file = filesOf(places, lab).result;
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Result) : undefined;
}

/** What is wrong with a run, as text; undefined when nothing is. */
export function complaint(
  lab: LabAddress,
  before: Result | undefined,
  ran: Extract<Ran, { state: 'ran' }>,
): string | undefined {
  const again = `If this is right, record it: npm run labs -- --record ${lab.id}`;
  const broken = ran.broken.map((statement) => `it does not hold that ${statement}`).join('\n');
  if (!before) return [broken, `has no recorded result. ${again}`].filter(Boolean).join('\n');
  const differences = compare(before, ran.result);
  // A broken statement is missing from the run's own list too; once is enough.
  const others = differences.filter(
    ({ what }) => !ran.broken.some((statement) => what.endsWith(`“${statement}”`)),
  );
  if (!broken && others.length === 0) return undefined;
  return [broken, others.length > 0 && `${differencesText(others)}\n${again}`].filter(Boolean).join('\n');
}

/**
 * Runs the labs of a tier and compares them with what is recorded; prints one line for each and the tally at the end.
 * A lab that does not pass runs a second time, alone: passing then, it counts as passed, and what was wrong is printed.
 */
export async function check({
  places,
  categories,
  labs,
  whole,
  tier,
  strict,
  run,
  print,
}: CheckOptions): Promise<Tally> {
  let [passed, failed, skipped, elsewhere] = [0, 0, 0, 0];
  const began = performance.now();
  const fail = (where: string, what: string, ms?: number): void => {
    failed++;
    print(`✗ ${where}${ms === undefined ? '' : ` (${seconds(ms)})`}\n${indent(what, '    ')}`);
  };

  const guides = whole ? undefined : [...new Set(labs.map(({ guide }) => guide))];
  const wrong = mismatches(places, categories, guides).filter(
    ({ where }) => whole || labs.some(({ id }) => id === where),
  );
  for (const { where, what } of wrong) fail(where, what);
  const unrecorded = new Set(wrong.map(({ where }) => where));

  /** What is wrong with a run that did not pass; undefined when nothing is. */
  const wrongWith = (
    lab: LabAddress,
    before: Result | undefined,
    ran: Extract<Ran, { state: 'ran' | 'failed' }>,
  ): string | undefined => {
    if (ran.state === 'failed') return ran.error;
    // That a lab has no result is among the mismatches already.
    if (!before && ran.broken.length === 0 && unrecorded.has(lab.id)) return undefined;
    return complaint(lab, before, ran);
  };

  await Promise.all(
    labs.map(async (lab) => {
      const { program } = filesOf(places, lab);
      const wanted = (needs: Needs): boolean => inTier(tier, needs);
      const first = await run(program, { wanted });
      if (first.state === 'declined') {
        elsewhere++;
        return;
      }
      if (first.state === 'missing') {
        if (strict) {
          fail(lab.id, `cannot run here, and LABS_STRICT allows no skip. ${first.reason}`);
          return;
        }
        skipped++;
        print(`– ${lab.id} skipped: ${first.reason}`);
        return;
      }
      const before = recorded(places, lab);
      const wrongAtFirst = wrongWith(lab, before, first);
      if (wrongAtFirst === undefined) {
        if (!before) return;
        passed++;
        print(`✓ ${lab.id} (${seconds(first.ms)})`);
        return;
      }
      // A machine that stood still for a moment is told from a lab that is wrong by a second try, alone.
      const second = await run(program, { wanted, alone: true });
      const ended = second.state === 'ran' || second.state === 'failed';
      const wrongAgain = ended ? wrongWith(lab, before, second) : 'It could not run a second time.';
      if (wrongAgain !== undefined) {
        fail(lab.id, wrongAgain, second.ms);
        return;
      }
      passed++;
      print(
        `✓ ${lab.id} (${seconds(second.ms)}), alone and at the second try; at the first:\n${indent(wrongAtFirst, '    ')}`,
      );
    }),
  );
  if (elsewhere > 0) {
    print(
      tier === 'npm'
        ? `${elsewhere} more need a service of the system: npm run labs:services`
        : `${elsewhere} more need no service: npm test`,
    );
  }
  print(`Took ${seconds(performance.now() - began)}.`);
  print(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return { passed, failed, skipped };
}
