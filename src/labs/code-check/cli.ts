/** `node src/labs/code-check/cli.ts [guide…]`: checks the code in all guides, or in those whose path contains a word. */
import { globSync, readFileSync } from 'node:fs';
import { checkCode, problemText } from './check.ts';

const began = performance.now();
const words = process.argv.slice(2);
const files = globSync('src/content/docs/*/*.mdx').sort().filter((file) => words.length === 0 || words.some((word) => file.includes(word))); // prettier-ignore
const { checked, problems } = await checkCode(
  files.map((file) => ({ file, source: readFileSync(file, 'utf8') })),
);
for (const problem of problems) console.log(problemText(problem));
const total = Object.values(checked).reduce((sum, count) => sum + count, 0);
const broken = new Set(problems.map(({ file, line }) => `${file}:${line}`)).size;
const kinds = Object.entries(checked).map(([language, count]) => `${count} ${language}`).join(', '); // prettier-ignore
console.log(
  `Checked the code of ${files.length} guides in ${((performance.now() - began) / 1000).toFixed(1)} s${kinds ? `: ${kinds}` : ''}.`,
);
console.log(`${Math.max(0, total - broken)} passed, ${broken} failed, 0 skipped`);
process.exitCode = problems.length > 0 ? 1 : 0;
