/**
 * A full address on this site.
 * @param site Astro's `site`
 * @param path from the site's root, with a leading slash
 */
export function fullAddress(site: URL | undefined, path: string): string {
  return new URL(import.meta.env.BASE_URL.replace(/\/$/, '') + path, site).href;
}
