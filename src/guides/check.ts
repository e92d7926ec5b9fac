/** `npm run check:guides [-- address…]`: checks guides against the anatomy and says what to mend. */
import { formatProblem } from './anatomy.ts';
import { checkGuides, readGuideFiles } from './files.ts';

const files = readGuideFiles(process.cwd());
const problems = checkGuides(files, process.argv.slice(2));
for (const problem of problems) console.error(formatProblem(problem));
console.log(
  problems.length > 0
    ? `${problems.length} problems in the guides.`
    : `${files.length} guides checked, all whole.`,
);
process.exitCode = problems.length > 0 ? 1 : 0;
