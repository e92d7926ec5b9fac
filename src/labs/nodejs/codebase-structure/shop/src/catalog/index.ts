export { createCatalog, type Catalog, type Product } from './products.ts';
