import { gunzipSync, gzipSync } from 'node:zlib';
import type { IndexFile } from 'pagefind';
import { expect, test } from 'vitest';
import { compactIndex } from './compact.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const gzipped = (text: string) => new Uint8Array(gzipSync(text, { level: 1 }));
const long = Array.from({ length: 400 }, (_, i) => `word${i % 37} at ${i}`).join(' ');
const files: readonly IndexFile[] = [
  {
    path: 'pagefind.js',
    content: bytes('export const search = (someQuery) => {\n  return someQuery + 1;\n};\n'),
  },
  { path: 'pagefind-ui.js', content: bytes('nobody loads this') },
  { path: 'pagefind-entry.json', content: bytes('{"version":"1"}') },
  { path: 'pagefind.en_0a1b2c.pf_meta', content: gzipped(long) },
  { path: 'wasm.en.pagefind', content: gzipped(`${long} engine`) },
  { path: 'wasm.unknown.pagefind', content: gzipped('other') },
  { path: 'index/en_1.pf_index', content: gzipped(long) },
  { path: 'fragment/en_2.pf_fragment', content: gzipped('text') },
];

test('what search loads is kept in fewer bytes with the same content, and nothing else', async () => {
  const small = await compactIndex(files);
  const size = (path: string, among: readonly IndexFile[]) =>
    among.find((file) => file.path === path)?.content.length ?? 0;
  expect(small.map(({ path }) => path)).toEqual(
    files.map(({ path }) => path).filter((path) => !/pagefind-ui|unknown/.test(path)),
  );
  for (const path of ['pagefind.js', 'pagefind.en_0a1b2c.pf_meta', 'wasm.en.pagefind'])
    expect(size(path, small), path).toBeLessThan(size(path, files));
  for (const { path, content } of small.filter(({ path }) => !/js(on)?$/.test(path)))
    expect(gunzipSync(content), path).toEqual(
      gunzipSync(files.find((file) => file.path === path)?.content ?? content),
    );
  expect(new TextDecoder().decode(small[0]?.content)).toMatch(/^export const search=/);
});

test('a file that is no longer written is named', async () => {
  await expect(compactIndex(files.filter(({ path }) => !path.startsWith('wasm')))).rejects.toThrow(
    'Pagefind wrote no wasm.en.pagefind',
  );
});
