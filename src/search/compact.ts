/** What of Pagefind's output the site loads, in fewer bytes. */
import { gunzipSync } from 'node:zlib';
import { gzipAsync } from '@gfx/zopfli';
import type { IndexFile } from 'pagefind';
import { minify } from 'terser';

/** The files that search loads; the rest are Pagefind's own interfaces, its worker and its engine for other languages. */
const loaded =
  /^(?:pagefind(?:-entry\.json|\.js|\.en_\w+\.pf_meta)|wasm\.en\.pagefind|(?:index|fragment)\/.+)$/;
/** Compressed by Pagefind and fetched for every query: worth the time of a better compressor. */
const packed = /\.(?:pagefind|pf_meta)$/;

/**
 * The files of an index that search loads: the script minified, and what Pagefind has compressed compressed again with
 * Zopfli, which takes longer and is read by the same decompressor.
 * @param files what `getFiles()` of an index gives
 * @throws Error when a file that search loads is missing, which says that Pagefind names its files otherwise by now
 */
export async function compactIndex(files: readonly IndexFile[]): Promise<IndexFile[]> {
  const kept = files.filter(({ path }) => loaded.test(path));
  for (const name of [
    'pagefind.js',
    'pagefind-entry.json',
    'wasm.en.pagefind',
    '.pf_meta',
    '.pf_index',
    '.pf_fragment',
  ])
    if (!kept.some(({ path }) => path.endsWith(name)))
      throw new Error(
        `Pagefind wrote no ${name} that src/search/compact.ts knows. See what it writes now, and what src/search/client.ts loads, and name that there.`,
      );
  return Promise.all(
    kept.map(async ({ path, content }) => {
      if (path.endsWith('.js')) {
        const { code } = await minify(new TextDecoder().decode(content), { module: true });
        if (!code) throw new Error(`Terser gave no code for Pagefind's ${path}.`);
        return { path, content: new TextEncoder().encode(code) };
      }
      if (!packed.test(path)) return { path, content };
      const smaller = await gzipAsync(gunzipSync(content), { numiterations: 15 });
      return { path, content: smaller.length < content.length ? smaller : content };
    }),
  );
}
