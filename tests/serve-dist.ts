import { serve } from '../src/site/serve.ts';

/** Serves the build while the browser tests run and gives them its address as `SITE`. */
export default async function serveDist(): Promise<() => Promise<void>> {
  const { url, close } = await serve('dist', { port: 0, base: process.env['SITE_BASE'] ?? '/' });
  process.env['SITE'] = url;
  return close;
}
