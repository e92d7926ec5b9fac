import type { Cents } from '#kernel';

/** What can be bought, and for how much. */
export interface Product {
  readonly sku: string;
  readonly price: Cents;
}

/** Finds products by their stock-keeping unit. */
export interface Catalog {
  find(sku: string): Product | undefined;
}

/** A catalog that is read once, at start. */
export function createCatalog(products: readonly Product[]): Catalog {
  const bySku = new Map(products.map((product) => [product.sku, product]));
  return { find: (sku) => bySku.get(sku) };
}
