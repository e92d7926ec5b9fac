import { href } from '#site/address.ts';

/**
 * A full address on this site.
 * @param site Astro's `site`
 * @param path from the site's root, with a leading slash
 */
export function fullAddress(site: URL | undefined, path: string): string {
  return new URL(href(path), site).href;
}
