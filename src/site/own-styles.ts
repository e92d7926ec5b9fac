import { fileURLToPath } from 'node:url';
import type { AstroUserConfig } from 'astro';

type Plugins = NonNullable<NonNullable<AstroUserConfig['vite']>['plugins']>;

const starlight = /\/node_modules\/@astrojs\/starlight\//;
const printSheet = fileURLToPath(new URL('styles/print.css', import.meta.url));

/**
 * Leaves out Starlight's styles: all that is seen is drawn by the site's own components, so they would be bytes without
 * effect. Where Starlight links its sheet for print, it gets the site's.
 */
export const ownStyles: Plugins[number] = {
  name: 'own-styles',
  enforce: 'pre',
  resolveId(source, importer) {
    return importer !== undefined && starlight.test(importer) && source.includes('/print.css')
      ? `${printSheet}?url&no-inline`
      : undefined;
  },
  transform(_, id) {
    return starlight.test(id) && /\.css$|[?&]type=style/.test(id) ? { code: '', map: null } : undefined;
  },
};
