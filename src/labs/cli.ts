/**
 * The command line of the labs.
 *
 *   npm run labs                          lists them
 *   npm run labs -- <lab…>                runs and prints them, for a reader
 *   npm run labs -- --record [lab…]       runs them and writes their results
 *   npm run labs -- --check [lab…]        runs them and compares with the results, as `npm test` does
 *
 * A lab is named by its address or the end of it; the address of a guide or category means all of its labs.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { categories } from '#guides/catalogue.ts';
import { findLabs, select } from './catalogue.ts';
import { filesOf, placesIn, type LabAddress } from './paths.ts';
import { differencesText, resultText, seconds } from './report.ts';
import { compare, serialise, type Result } from './result.ts';
import { Runner } from './runner.ts';

const places = placesIn(path.resolve(import.meta.dirname, '..', '..'));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { record: { type: 'boolean' }, check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});

const recordedResult = (lab: LabAddress): Result | undefined => {
  const { result } = filesOf(places, lab);
  return existsSync(result) ? (JSON.parse(readFileSync(result, 'utf8')) as Result) : undefined;
};

async function write(lab: LabAddress, result: Result): Promise<void> {
  const { format } = await import('prettier');
  const file = filesOf(places, lab).result;
  writeFileSync(file, await format(serialise(result), { parser: 'json', printWidth: 110 }));
}

async function main(runner: Runner): Promise<number> {
  const { labs } = findLabs(places.labs, categories.map(({ slug }) => slug)); // prettier-ignore
  if (values.help) {
    console.log(
      readFileSync(import.meta.filename, 'utf8')
        .split('*/')[0]
        ?.replaceAll(/^\/?\s?\*+ ?/gm, '') ?? '',
    );
    return 0;
  }
  const chosen =
    positionals.length > 0 ? [...new Set(positionals.flatMap((word) => select(labs, word)))] : labs;
  if (positionals.length === 0 && !values.record && !values.check) {
    for (const lab of labs) console.log(`${lab.id}  ${recordedResult(lab)?.title ?? '(not recorded yet)'}`);
    console.log('\nRun one:  npm run labs -- <lab>');
    return 0;
  }

  let failed = 0;
  for (const lab of chosen) {
    const ran = await runner.run(filesOf(places, lab).program, 60, !values.check);
    if (ran.state !== 'ran') {
      console.log(
        `${ran.state === 'missing' ? 'skipped' : 'FAILED '} ${lab.id} (${seconds(ran.ms)})\n${ran.state === 'missing' ? ran.reason : ran.error}\n`,
      );
      if (ran.state === 'failed') failed++;
      continue;
    }
    for (const statement of ran.broken) console.log(`FAILED  ${lab.id}: it does not hold that ${statement}`);
    if (ran.broken.length > 0) {
      console.log(resultText(lab.id, ran.result), '\n');
      failed++;
      continue;
    }
    const before = recordedResult(lab);
    const differences = before ? compare(before, ran.result) : [];
    if (values.record) {
      await write(lab, ran.result);
      console.log(
        `recorded ${lab.id} (${seconds(ran.ms)})${differences.length > 0 ? `, changed:\n${differencesText(differences)}` : ''}`,
      );
      continue;
    }
    if (!values.check) console.log(`${resultText(lab.id, ran.result)}\n`);
    if (!before || differences.length > 0) {
      console.log(
        `${lab.id} ${before ? `differs from its recorded result:\n${differencesText(differences)}` : 'has no recorded result.'}`,
      );
      console.log(`If this is right, record it: npm run labs -- --record ${lab.id}\n`);
      failed++;
    } else
      console.log(`${lab.id}: the same facts as recorded on ${before.measured.on} (${seconds(ran.ms)})\n`);
  }
  return failed > 0 ? 1 : 0;
}

const runner = new Runner();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void runner.stop().finally(() => process.exit(130)));
}
try {
  process.exitCode = await main(runner);
} catch (error) {
  console.error(error instanceof RangeError ? error.message : error);
  process.exitCode = 1;
} finally {
  await runner.stop();
}
