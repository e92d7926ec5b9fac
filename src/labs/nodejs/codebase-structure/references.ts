import path from 'node:path';
import { createRequire } from 'node:module';
import { lab } from '#labs/index.ts';
import { copyShop } from './workbench/copy.ts';

const tsc = path.join(
  path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'lib/tsc.js',
);

export default lab({
  title: 'What a change makes tsc -b compile again',
  claim:
    'With project references a change inside a module compiles that module alone; a change of its exported types compiles everything that depends on it, and a reference in a circle does not build.',
  engines: ['node', 'typescript'],
  timeout: 240,
  async run({ node, typescript, folder, fact, measure, series }) {
    await typescript(); // names its version on the page
    const shop = await copyShop(await folder());
    const node26 = await node();

    // #region build
    const build = async (): Promise<{ built: string[]; ms: number; output: string }> => {
      const { stdout, ms } = await node26.run(tsc, {
        args: ['-b', shop.root, '--verbose'],
        timeout: 120_000,
      });
      const built = [...stdout.matchAll(/Building project '.*?src\/(\w+)\/tsconfig/g)].map(
        ([, name = '']) => name,
      );
      return { built, ms, output: stdout };
    };
    // #endregion build

    // #region changes
    const changes: Record<string, () => Promise<void>> = {
      'nothing was built yet': () => Promise.resolve(),
      'nothing changed': () => Promise.resolve(),
      'kernel: inside a function': () =>
        shop.edit('src/kernel/money.ts', 'price * quantity;', 'quantity * price;'),
      'catalog: inside a function': () =>
        shop.edit('src/catalog/products.ts', 'bySku.get(sku) }', 'bySku.get(sku.trim()) }'),
      'catalog: an exported type': () =>
        shop.edit(
          'src/catalog/products.ts',
          'readonly price: Cents;',
          'readonly price: Cents;\n  readonly name?: string;',
        ),
      'kernel: an exported type': () =>
        shop.edit(
          'src/kernel/errors.ts',
          'readonly code: RefusalCode;',
          'readonly code: RefusalCode;\n  readonly hint?: string;',
        ),
    };
    // #endregion changes
    const rows: (string | number)[][] = [];
    for (const [change, make] of Object.entries(changes)) {
      await make();
      const { built, ms } = await build();
      rows.push([change, built.length, built.join(', ') || 'none']);
      measure(change, ms, 'ms');
    }
    series('Projects compiled', {
      x: 'change',
      y: 'projects',
      kind: 'bar',
      exact: true,
      points: rows.map(([change = '', count = 0]) => [change, Number(count)] as const),
    });
    fact('Projects compiled after each change', { columns: ['change', 'projects', 'which'], rows });

    const whole = JSON.stringify({
      extends: './tsconfig.base.json',
      compilerOptions: { composite: false, emitDeclarationOnly: false, noEmit: true, types: ['node'] },
      include: ['src/**/*.ts'],
    });
    await shop.write('tsconfig.whole.json', whole);
    const one = await node26.run(tsc, {
      args: ['-p', path.join(shop.root, 'tsconfig.whole.json')],
      timeout: 120_000,
    });
    if (one.code !== 0) throw new Error(`The shop does not compile as one program:\n${one.stdout}`);
    measure('everything as one program', one.ms, 'ms');

    // #region circle
    await shop.edit(
      'src/kernel/tsconfig.json',
      '"references": []',
      '"references": [{ "path": "../orders" }]',
    );
    const circle = await build();
    fact('A reference from kernel back to orders', /TS\d+/.exec(circle.output)?.[0] ?? 'builds');
    // #endregion circle
  },
});
