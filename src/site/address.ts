/**
 * An address on this site with the base path it is served under.
 * @param path from the site's root, with a leading slash: `/postgresql/indexing/`
 */
export function href(path: string): string {
  return import.meta.env.BASE_URL.replace(/\/$/, '') + path;
}
