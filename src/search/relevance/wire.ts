/** What a page fetches: counted as a host with brotli sends it, or held back. */
import { brotliCompressSync } from 'node:zlib';
import type { Page } from '@playwright/test';

/** What is compressed already, and is sent as it is. */
const packed = /\.(?:pf_\w+|pagefind|woff2|png)$/;

/** What has come over the line so far: bytes without headers, and requests. */
export interface Fetched {
  readonly bytes: number;
  readonly requests: number;
}

/** Counts what a page fetches from now on. Gives a function that tells the sum so far. */
export function countFetched(page: Page): () => Promise<Fetched> {
  const sizes: Promise<number>[] = [];
  page.on('response', (response) => {
    sizes.push(
      response.body().then(
        (body) =>
          packed.test(new URL(response.url()).pathname) ? body.length : brotliCompressSync(body).length,
        () => 0,
      ),
    );
  });
  return async () => {
    const all = await Promise.all([...sizes]);
    return { bytes: all.reduce((sum, size) => sum + size, 0), requests: all.length };
  };
}

/** Holds back what a page asks for at addresses like this. Gives a function that lets it through. */
export async function holdBack(page: Page, address: string | RegExp): Promise<() => void> {
  const { promise: released, resolve } = Promise.withResolvers<undefined>();
  await page.route(address, async (route) => {
    await released;
    await route.continue();
  });
  return () => {
    resolve(undefined);
  };
}
