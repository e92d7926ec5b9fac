import { readdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lab } from '#labs/index.ts';
import { build } from './workbench/compile.ts';
import { copyShop } from './workbench/copy.ts';

export default lab({
  title: 'What a change makes tsc -b build again',
  claim:
    'With project references a change inside a module builds that module alone; a change of its exported types builds everything that depends on it; a fresh checkout is cheap only with the output restored; a reference in a circle does not build.',
  engines: ['typescript'],
  timeout: 240,
  async run({ typescript, folder, fact, measure, holds, series }) {
    await typescript(); // names its version on the page
    const shop = await copyShop(await folder());
    /** Gives every file a new date and the same text, as a checkout does; what was built stays. */
    const touchAll = async (): Promise<void> => {
      const files = await readdir(path.join(shop.root, 'src'), { recursive: true });
      for (const file of files.filter((name) => path.extname(name)))
        await utimes(path.join(shop.root, 'src', file), new Date(), new Date());
    };

    // #region changes
    const changes: Record<string, () => Promise<void>> = {
      'nothing was built yet': () => Promise.resolve(),
      'nothing changed': () => Promise.resolve(),
      'a fresh checkout, output restored': () => touchAll(),
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
    const took = new Map<string, number>();
    for (const [change, make] of Object.entries(changes)) {
      await sleep(100); // files that are written within one tick of the file system's clock have the same date
      await make();
      const begun = performance.now();
      const { projects, errors } = build(shop.root);
      if (errors.length > 0) throw new Error(`${change}: ${errors.join(', ')}`);
      rows.push([change, projects.length, projects.join(', ') || 'none']);
      took.set(change, performance.now() - begun);
      measure(change, took.get(change) ?? 0, 'ms');
    }
    series('Projects built', {
      x: 'change',
      y: 'projects',
      kind: 'bar',
      exact: true,
      points: rows.map(([change = '', count = 0]) => [change, Number(count)] as const),
    });
    fact('Projects built after each change', { columns: ['change', 'projects', 'which'], rows });

    const ms = (change: string): number => took.get(change) ?? Number.NaN;
    holds(
      'restored output costs less than half of a change that reaches all',
      2 * ms('a fresh checkout, output restored') < ms('kernel: an exported type'),
    );

    // #region circle
    await sleep(100);
    await shop.edit(
      'src/kernel/tsconfig.json',
      '"references": []',
      '"references": [{ "path": "../orders" }]',
    );
    fact('A reference from kernel back to orders', build(shop.root).errors);
    // #endregion circle
  },
});
