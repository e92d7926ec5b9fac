/** Checks every block of code in guides that no lab stands behind. */
import { readPage, type Fence } from '../guide-page.ts';
import { labReference } from '../lab-fence.ts';
import type { Block, Checker, CodeProblem } from './block.ts';
import { dockerfileChecker } from './dockerfile.ts';
import { jsonChecker } from './json.ts';
import { promqlChecker } from './promql.ts';
import { shellChecker } from './shell.ts';
import { sqlChecker } from './sql.ts';
import { typescriptChecker } from './typescript.ts';
import { yamlChecker } from './yaml.ts';

const checkers: readonly Checker[] = [
  typescriptChecker,
  sqlChecker,
  yamlChecker,
  jsonChecker,
  shellChecker,
  dockerfileChecker,
  promqlChecker,
];

/** Languages that others look after. */
const elsewhere = new Set(['mermaid']);

/** A guide to check. */
export interface Source {
  readonly file: string;
  readonly source: string;
}

/** What a check found. */
export interface CodeReport {
  /** How many blocks were checked, by language. */
  readonly checked: Readonly<Record<string, number>>;
  readonly problems: readonly CodeProblem[];
}

const marked = /(?:^|\s)(output|pseudocode)(?:\s|$)/;

/** Why a block cannot be checked; undefined when it can, or needs not be. */
function unmarked({ language, meta }: Fence): string | undefined {
  const choice = 'Mark it as ```text output (what a program printed) or ```text pseudocode';
  if (language === '') return `This block names no language. ${choice}, or name one that is checked.`;
  if (language === 'text') return marked.test(meta) ? undefined : `This text is neither. ${choice}.`;
  if (marked.test(meta))
    return `Only text may be output or pseudocode: write \`\`\`text ${marked.exec(meta)?.[1] ?? ''} instead of \`\`\`${language}.`;
  const languages = checkers.flatMap((checker) => checker.languages);
  return languages.includes(language) || elsewhere.has(language)
    ? undefined
    : `Nothing checks ${language}. ${choice}, show a region of a lab, or use one of ${languages.join(', ')}.`;
}

/**
 * Checks all blocks of all pages. Blocks that show a lab are left to the build; everything else is checked by its
 * language's parser, or is text marked as output or pseudocode.
 * @throws {SyntaxError} when a page is no valid MDX.
 */
export async function checkCode(pages: readonly Source[]): Promise<CodeReport> {
  const blocks: Block[] = [];
  const problems: CodeProblem[] = [];
  for (const { file, source } of pages) {
    for (const fence of readPage(source, file).fences) {
      if (labReference(fence.meta)) continue;
      const message = unmarked(fence);
      if (message) problems.push({ file, line: fence.line, message });
      else if (fence.language !== 'text' && !elsewhere.has(fence.language)) {
        blocks.push({ file, line: fence.line + 1, language: fence.language, code: fence.code });
      }
    }
  }
  const checked: Record<string, number> = {};
  for (const { languages, check } of checkers) {
    const mine = blocks.filter(({ language }) => languages.includes(language));
    const [name] = languages;
    if (mine.length === 0 || !name) continue;
    checked[name] = mine.length;
    problems.push(...(await check(mine)));
  }
  return { checked, problems: problems.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line) };
}

/** A problem as one line. */
export const problemText = ({ file, line, message }: CodeProblem): string => `${file}:${line} ${message}`;
