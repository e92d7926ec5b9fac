import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Linter } from 'eslint';
import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { lab } from '#labs/index.ts';
import config from './shop/.dependency-cruiser.mjs';
import { build, oneProgram } from './workbench/compile.ts';
import { copyShop } from './workbench/copy.ts';

// #region breaks
/** What someone in a hurry might add: a line, and the file it goes into. */
const breaks: readonly { name: string; file: string; line: string }[] = [
  {
    name: 'a cycle between modules',
    file: 'src/kernel/money.ts',
    line: `import { placeOrder } from '#orders'; export const order = () => placeOrder;`,
  },
  {
    name: 'a cycle inside a module',
    file: 'src/orders/store.ts',
    line: `import { memoryStore } from './memory.ts'; export const empty = () => memoryStore(new Map());`,
  },
  {
    name: 'a type from a module above',
    file: 'src/catalog/products.ts',
    line: `import type { Order } from '#orders'; export type Bestseller = Order['sku'];`,
  },
  {
    name: 'a private file, by its path',
    file: 'src/orders/place-order.ts',
    line: `import { createCatalog } from '../catalog/products.ts'; export const none = createCatalog([]);`,
  },
  {
    name: 'a private file, by a name',
    file: 'src/orders/place-order.ts',
    line: `import { createCatalog } from '#catalog/products'; export const none = createCatalog([]);`,
  },
  {
    name: 'a driver in the core',
    file: 'src/orders/place-order.ts',
    line: `import pg from 'pg'; export const pool = () => new pg.Pool();`,
  },
  {
    name: 'an adapter chosen by the core',
    file: 'src/orders/place-order.ts',
    line: `import { postgresStore } from './postgres.ts'; export const store = postgresStore;`,
  },
  {
    name: 'the environment, read in the core',
    file: 'src/catalog/products.ts',
    line: `export const currency = process.env['CURRENCY'] ?? 'EUR';`,
  },
];
// #endregion breaks

export default lab({
  title: 'Eight planted breaks, and who catches them',
  claim:
    'The compiler alone and a running process accept seven of eight broken boundaries; project references catch undeclared directions and what a module has no types for; dependency-cruiser, with four rules and a list of directions, catches the seven that are imports, and a lint rule the eighth. Beside TypeScript 7 alone, dependency-cruiser 18 reads nothing and passes.',
  engines: ['node', 'typescript'],
  timeout: 240,
  async run({ node, typescript, folder, fact }) {
    await typescript(); // names its version on the page
    const shop = await copyShop(await folder());
    const node26 = await node();
    const check = oneProgram(shop.root, ['kernel', 'catalog', 'payments', 'orders']);

    const { options, forbidden, allowed } = config;
    // #region catch
    const cruiseShop = async (): Promise<ICruiseResult> => {
      const { output } = await cruise(['src'], {
        baseDir: shop.root,
        validate: true,
        ruleSet: { forbidden: forbidden as IForbiddenRuleType[], allowed, allowedSeverity: 'error' },
        ...options,
      });
      return output as ICruiseResult;
    };
    const rulesBroken = async (): Promise<string[]> =>
      [...new Set((await cruiseShop()).summary.violations.map(({ rule }) => rule.name))].sort();

    const orders = path.join(shop.root, 'src/orders/index.ts');
    const start = async (file = orders): Promise<string> => {
      const { code, stderr } = await node26.run(file);
      return code === 0 ? 'starts' : (/ERR_[A-Z_]+|\w+Error/.exec(stderr)?.[0] ?? `exit ${code}`);
    };
    const verdicts = async (file: string): Promise<string[]> => {
      const starting = start();
      const found = [check(), build(shop.root, file.split('/')[1]).errors, await rulesBroken()];
      const [tsc = '', references = '', rule = ''] = found.map((all) => all.join(', ') || 'passes');
      return [tsc, await starting, references, rule];
    };
    // #endregion catch

    const rows = [['nothing', ...(await verdicts('src/orders/index.ts'))]];
    const modules = (await cruiseShop()).modules.filter(({ source }) => source.startsWith('src/'));
    fact('Files of the shop', modules.length);
    const built = await shop.keep();
    for (const { name, file, line } of breaks) {
      await shop.write(file, `${line}\n${await shop.read(file)}`);
      rows.push([name, ...(await verdicts(file))]);
      await built.restore();
    }
    fact('Who catches what', {
      columns: ['planted', 'tsc, one program', 'Node.js', 'tsc -b', 'dependency-cruiser'],
      rows,
    });
    const accepted = (column: number): number =>
      rows.slice(1).filter((row) => row[column] === 'passes' || row[column] === 'starts').length;
    fact('Planted', breaks.length);
    fact('Accepted by tsc', accepted(1));
    fact('Accepted by Node.js', accepted(2));
    fact('Accepted by tsc -b', accepted(3));
    fact('Accepted by dependency-cruiser', accepted(4));

    // #region gate
    /** The check as CI runs it, over a cycle. It refuses a compiler by its version alone, so the number stands for the whole package. */
    const gate = async (env: Record<string, string>): Promise<[number, number | null]> => {
      const { stdout, code } = await node26.run(
        path.join(shop.root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
        {
          flags: ['--import', path.join(import.meta.dirname, 'workbench/gate.mjs')],
          args: ['src'],
          env: { SHOP: shop.root, ...env },
        },
      );
      return [Number(/(\d+) modules/.exec(stdout)?.[1]), code];
    };
    const money = 'src/kernel/money.ts';
    await shop.write(money, `import { placeOrder } from '#orders';\n${await shop.read(money)}`);
    const six = await gate({});
    const seven = await gate({ VERSION: '7.0.2' });
    // #endregion gate
    await built.restore();
    fact('The check as a command, over a cycle', {
      columns: ['TypeScript', 'modules read', 'exit code'],
      rows: [
        ['6', ...six],
        ['7', ...seven],
      ],
    });

    // #region environment
    const noEnvironment: Linter.Config = {
      rules: { 'no-restricted-properties': ['error', { object: 'process', property: 'env' }] },
    };
    const found = new Linter().verify(breaks.at(-1)?.line ?? '', noEnvironment);
    fact(
      'What a lint rule says to the last one',
      found.map(({ ruleId }) => ruleId),
    );
    // #endregion environment

    // #region exports
    const workspace = await folder();
    const put = async (file: string, text: string): Promise<void> => {
      await mkdir(path.join(workspace, path.dirname(file)), { recursive: true });
      await writeFile(path.join(workspace, file), text);
    };
    await put('catalog/package.json', '{ "name": "catalog", "exports": "./index.mjs" }');
    await put('catalog/private.mjs', 'export const products = [];');
    await put('orders/by-name.mjs', `import 'catalog/private.mjs';`);
    await put('orders/by-path.mjs', `import '../catalog/private.mjs';`);
    await mkdir(path.join(workspace, 'node_modules'));
    await symlink('../catalog', path.join(workspace, 'node_modules/catalog'), 'junction');
    fact('A private file of a workspace package with exports', {
      columns: ['imported', 'Node.js'],
      rows: [
        ['by the name of the package', await start(path.join(workspace, 'orders/by-name.mjs'))],
        ['by a relative path', await start(path.join(workspace, 'orders/by-path.mjs'))],
      ],
    });
    // #endregion exports
  },
});
