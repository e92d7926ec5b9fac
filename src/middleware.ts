import { defineMiddleware } from 'astro:middleware';
import { explainTerms } from '#guides/terms.ts';
import { href } from '#site/address.ts';

/** Explains the glossary's terms where guides first mention them; Astro looks for this file here. */
export const onRequest = defineMiddleware(async (_context, next) => {
  const response = await next();
  if (!response.headers.get('content-type')?.startsWith('text/html')) return response;
  return new Response(explainTerms(await response.text(), href('/glossary/')), response);
});
