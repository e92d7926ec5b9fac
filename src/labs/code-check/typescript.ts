/** TypeScript and JavaScript by the compiler: syntax always, types where the block says by its imports what its names are. */
import { createRequire } from 'node:module';
import path from 'node:path';
import type TypeScript from 'typescript';
import { checkSources, loadTypeScript } from '../engines/typescript.ts';
import { problemAt, type Block, type Checker, type CodeProblem } from './block.ts';

const endings: Readonly<Record<string, string>> = {
  ts: 'ts',
  typescript: 'ts',
  js: 'js',
  javascript: 'js',
  mjs: 'mjs',
  cjs: 'cjs',
};

/** Compiler messages about names that a sketch leaves open: `export` without a body, unused parts and the like. */
const lenient = new Set(['TS6133', 'TS7006', 'TS7031', 'TS7034', 'TS7005', 'TS18046']);

function syntaxProblems(ts: typeof TypeScript, block: Block, name: string): readonly CodeProblem[] {
  const source = ts.createSourceFile(name, block.code, ts.ScriptTarget.ESNext, true);
  // Where the parser puts what it could not read; not in the public types, but what every tool reads.
  const { parseDiagnostics = [] } = source as unknown as {
    parseDiagnostics?: readonly TypeScript.DiagnosticWithLocation[];
  };
  return parseDiagnostics.map(({ start, messageText }) =>
    problemAt(
      block,
      source.getLineAndCharacterOfPosition(start).line + 1,
      ts.flattenDiagnosticMessageText(messageText, '\n'),
    ),
  );
}

/** TypeScript and JavaScript. */
export const typescriptChecker: Checker = {
  languages: Object.keys(endings),
  by: 'the TypeScript compiler',
  check(blocks) {
    const ts = loadTypeScript();
    const named = blocks.map((block, index) => ({
      block,
      name: `block-${index}.${endings[block.language] ?? 'ts'}`,
    }));
    const syntax = named.flatMap(({ block, name }) => syntaxProblems(ts, block, name));
    const broken = new Set(syntax.map(({ file, line }) => `${file}:${line}`));
    const typed = named.filter(({ block }) => /^\s*import\b.*['"]/m.test(block.code));
    if (typed.length === 0) return Promise.resolve(syntax);
    const folder = path.dirname(createRequire(import.meta.url).resolve('#labs/index.ts'));
    const files = Object.fromEntries(typed.map(({ block, name }) => [name, block.code]));
    const semantic = checkSources(ts, folder, files, { noUnusedLocals: false, noImplicitAny: false }).flatMap(
      ({ code, message, file, line }) => {
        const block = named.find(({ name }) => name === file)?.block;
        return block && !lenient.has(code) ? [problemAt(block, line, `${message} (${code})`)] : [];
      },
    );
    return Promise.resolve([
      ...syntax,
      ...semantic.filter(({ file, line }) => !broken.has(`${file}:${line}`)),
    ]);
  },
};
