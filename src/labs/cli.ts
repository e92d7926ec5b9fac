/**
 * The command line of the labs.
 *
 *   npm run labs                          lists them
 *   npm run labs -- <lab…>                runs and prints them, for a reader
 *   npm run labs -- --record [lab…]       runs them and writes their results
 *   npm run labs -- --check [lab…]        runs them and compares with the results, as `npm test` does
 *   npm run labs:services                 checks those that need a service of the system (Redis, RabbitMQ, …)
 *   npm run labs:services -- --install    installs the services by apt first (as root)
 *   npm run labs:services -- --record     records those
 *
 * A lab is named by its address or the end of it; the address of a guide or category means all of its labs.
 * LABS_STRICT=1 turns every skip into a failure. LABS_PARALLEL is how many run side by side in a check (2).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { categories } from '#guides/catalogue.ts';
import { installServices } from './engines/services/install.ts';
import { findLabs, select } from './catalogue.ts';
import { check, complaint, inTier, recorded, type Tier } from './check.ts';
import { filesOf, placesIn, type LabAddress } from './paths.ts';
import { differencesText, resultText, seconds } from './report.ts';
import { compare, serialise, type Result } from './result.ts';
import { Runner } from './runner.ts';

const places = placesIn(path.resolve(import.meta.dirname, '..', '..'));
const { env } = process;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    record: { type: 'boolean' },
    check: { type: 'boolean' },
    services: { type: 'boolean' },
    install: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
const tier: Tier = values.services ? 'services' : 'npm';

async function write(lab: LabAddress, result: Result): Promise<void> {
  const { format } = await import('prettier');
  writeFileSync(
    filesOf(places, lab).result,
    await format(serialise(result), { parser: 'json', printWidth: 110 }),
  );
}

function help(): void {
  console.log(
    readFileSync(import.meta.filename, 'utf8')
      .split('*/')[0]
      ?.replaceAll(/^\/?[ ]?\*+ ?/gm, '')
      .trim(),
  );
}

/** Runs labs one after the other, printing or recording each. Returns how many failed. */
async function runEach(runner: Runner, labs: readonly LabAddress[], named: boolean): Promise<number> {
  let failed = 0;
  for (const lab of labs) {
    // A lab that is named runs whatever it needs; `--record` alone means the labs of one tier.
    const ran = await runner.run(filesOf(places, lab).program, {
      echo: true,
      wanted: (needs) => named || inTier(tier, needs),
    });
    if (ran.state === 'declined') continue;
    if (ran.state !== 'ran') {
      const skipped = ran.state === 'missing' && env['LABS_STRICT'] !== '1';
      if (!skipped) failed++;
      console.log(
        `${skipped ? 'Skipped' : 'FAILED '} ${lab.id}\n${ran.state === 'missing' ? ran.reason : ran.error}\n`,
      );
      continue;
    }
    const before = recorded(places, lab);
    if (values.record && ran.broken.length === 0) {
      await write(lab, ran.result);
      const differences = before ? compare(before, ran.result) : [];
      console.log(
        `Recorded ${lab.id} (${seconds(ran.ms)})${differences.length > 0 ? `, changed:\n${differencesText(differences)}` : ''}`,
      );
      continue;
    }
    console.log(`${resultText(lab.id, ran.result)}\n`);
    const wrong = complaint(lab, before, ran);
    if (wrong !== undefined) failed++;
    const same = `The same facts as recorded on ${before?.measured.on ?? ''} (${seconds(ran.ms)}).`;
    console.log(`${wrong ?? same}\n`);
  }
  return failed;
}

async function main(runner: Runner): Promise<number> {
  if (values.help) {
    help();
    return 0;
  }
  if (values.install) installServices();
  const slugs = categories.map(({ slug }) => slug);
  const { labs } = findLabs(places.labs, slugs);
  const chosen =
    positionals.length > 0 ? [...new Set(positionals.flatMap((word) => select(labs, word)))] : labs;
  const named = positionals.length > 0;

  if (values.check || (values.services && !values.record && !named)) {
    const { failed } = await check({
      places,
      categories: slugs,
      labs: chosen,
      whole: !named,
      tier,
      strict: env['LABS_STRICT'] === '1',
      run: (file, options) => runner.run(file, options),
      print: (line) => {
        console.log(line);
      },
    });
    return failed > 0 ? 1 : 0;
  }
  if (named || values.record) return (await runEach(runner, chosen, named)) > 0 ? 1 : 0;
  for (const lab of labs) console.log(`${lab.id}  ${recorded(places, lab)?.title ?? '(not recorded yet)'}`);
  console.log('\nRun one: npm run labs -- <lab>   More: npm run labs -- --help');
  return 0;
}

const runner = new Runner(values.check || values.services ? Number(env['LABS_PARALLEL'] ?? 2) : 1);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void runner.stop().finally(() => process.exit(130)));
}
try {
  process.exitCode = await main(runner);
} catch (error) {
  // A RangeError is a wrong word on the command line: its message is enough.
  console.error(error instanceof RangeError ? error.message : error);
  process.exitCode = 1;
} finally {
  await runner.stop();
}
