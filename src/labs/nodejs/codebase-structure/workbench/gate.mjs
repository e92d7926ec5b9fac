/** Loaded before dependency-cruiser: goes into the shop, and may give its TypeScript another version number. */
import { registerHooks } from 'node:module';

const { SHOP = '.', VERSION } = process.env;
process.chdir(SHOP);
registerHooks({
  load: (url, context, next) =>
    VERSION && url.endsWith('/typescript/package.json')
      ? { format: 'json', source: JSON.stringify({ version: VERSION }), shortCircuit: true }
      : next(url, context),
});
