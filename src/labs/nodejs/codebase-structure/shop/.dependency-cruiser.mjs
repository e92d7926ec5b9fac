/** The entries that hold a driver. */
const adapter = '/(postgres|http)[.]ts$';

/** The boundaries of the shop, as a check that ends with a non-zero code. */
export default {
  // #region rules
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'front-door-only', // another module is entered by its public files
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/', pathNot: ['^src/$1/', '/index[.]ts$', adapter] },
    },
    {
      name: 'adapters-at-the-root', // only the composition root chooses one
      severity: 'error',
      from: { pathNot: '^src/app/' },
      to: { path: adapter },
    },
    {
      name: 'core-without-infrastructure', // no driver, socket or file
      severity: 'error',
      from: { path: '^src/(?!app/)', pathNot: [adapter, '[.]contract[.]ts$'] },
      to: { pathNot: '^src/' },
    },
  ],
  // #endregion rules
  // #region directions
  /** Which module may know which. What is not listed is forbidden. */
  allowed: [
    { from: { path: '^src/([^/]+)/' }, to: { path: '^src/$1/' } },
    { from: { path: '^src/(catalog|payments)/' }, to: { path: '^src/kernel/' } },
    { from: { path: '^src/orders/' }, to: { path: '^src/(kernel|catalog|payments)/' } },
    { from: { path: '^src/app/' }, to: { path: '^src/' } },
    { from: {}, to: { pathNot: '^src/' } },
  ],
  allowedSeverity: 'error',
  // #endregion directions
  options: {
    tsPreCompilationDeps: true, // imports of types count too
    doNotFollow: { path: 'node_modules' },
  },
};
