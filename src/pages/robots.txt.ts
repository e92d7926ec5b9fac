import type { APIRoute } from 'astro';
import { fullAddress } from '#share/address.ts';

/** Everything may be read, and the site map says where it is. */
export const GET: APIRoute = ({ site }) =>
  new Response(`User-agent: *\nAllow: /\n\nSitemap: ${fullAddress(site, '/sitemap-index.xml')}\n`);
