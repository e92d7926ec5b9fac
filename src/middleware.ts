import { defineMiddleware } from 'astro:middleware';
import { explainTerms } from '#guides/terms.ts';
import { movedAnchors, withMovedAnchors } from '#share/moved.ts';
import { href } from '#site/address.ts';

/**
 * What is done to a whole page after it is rendered: glossary terms explained where a guide first mentions them, places
 * that were renamed found by their old names. Astro looks for this file here.
 */
export const onRequest = defineMiddleware(async ({ url }, next) => {
  const response = await next();
  if (!response.headers.get('content-type')?.startsWith('text/html')) return response;
  const moved = movedAnchors[url.pathname.slice(href('/').length).replace(/\/$/, '')] ?? {};
  const html = explainTerms(await response.text(), href('/glossary/'));
  return new Response(withMovedAnchors(html, moved), response);
});
