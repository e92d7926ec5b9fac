import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { lab } from '#labs/index.ts';

/** What each starting point prints, or the error that ends it. */
const outcome = ({ stdout, stderr }: { stdout: string; stderr: string }): string =>
  stdout.trim() || (/^\w*Error: .*$/m.exec(stderr)?.[0] ?? stderr.trim());

export default lab({
  title: 'The same cycle works, throws or lies',
  claim:
    'Whether two modules that import each other work depends on which one is loaded first: ES modules throw, CommonJS goes on with undefined, and neither compiler nor tests from one side notice.',
  engines: ['node', 'typescript'],
  async run({ node, typescript, folder, fact }) {
    // #region starts
    const rows: string[][] = [];
    for (const ending of ['ts', 'cjs']) {
      for (const first of ['customers', 'pricing']) {
        const seen = new Set<string>();
        for (const major of [22, 24, 26] as const) {
          const version = await node(major);
          seen.add(outcome(await version.run('cycles/start.mjs', { args: [first, ending] })));
        }
        rows.push([ending === 'ts' ? 'ES modules' : 'CommonJS', first, [...seen].join(' | ')]);
      }
    }
    // #endregion starts
    fact('What the caller gets, on Node.js 22, 24 and 26 alike', {
      columns: ['module system', 'loaded first', 'outcome'],
      rows,
    });

    const compiler = await typescript();
    const source = (name: string) => readFile(path.join(import.meta.dirname, 'cycles', `${name}.ts`), 'utf8');
    const files = { 'pricing.ts': await source('pricing'), 'customers.ts': await source('customers') };
    fact('Errors that the compiler reports', compiler.check(files).length);

    // #region types-only
    /** Cycles that the rule sees when customers.ts imports only a type, or the value as above. */
    const cyclesFound = async (kind: 'value' | 'type', typesToo: boolean): Promise<number> => {
      const root = await folder();
      await writeFile(path.join(root, 'pricing.ts'), files['pricing.ts']);
      await writeFile(
        path.join(root, 'customers.ts'),
        kind === 'value'
          ? files['customers.ts']
          : `import type { memberPrice } from './pricing.ts';\nexport type P = typeof memberPrice;\nexport const memberDiscount = 0.1;\n`,
      );
      const { output } = await cruise(['.'], {
        baseDir: root,
        validate: true,
        tsPreCompilationDeps: typesToo,
        ruleSet: { forbidden: [{ name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } }] },
      });
      return (output as ICruiseResult).summary.violations.length;
    };
    // #endregion types-only
    fact('Cycles that dependency-cruiser reports', {
      columns: ['the way back imports', 'after compilation (default)', 'tsPreCompilationDeps'],
      rows: [
        ['a value', await cyclesFound('value', false), await cyclesFound('value', true)],
        ['a type only', await cyclesFound('type', false), await cyclesFound('type', true)],
      ],
    });
  },
});
