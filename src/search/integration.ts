import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { JSDOM } from 'jsdom';
import { type PagefindIndex, createIndex } from 'pagefind';
import { guideId, questions } from '#guides/catalogue.ts';
import { compactIndex } from './compact.ts';
import { sectionRecords } from './records.ts';

/** Adds the sections of a built page to the index. Gives how many they were: 0 when the page was not built. */
async function addPage(index: PagefindIndex, folder: string, id: string): Promise<number> {
  const html = await readFile(`${folder}${id}/index.html`, 'utf8').catch(() => undefined);
  if (html === undefined) return 0;
  const { document } = new JSDOM(html).window;
  const records = sectionRecords(document);
  for (const { anchor, heading, text } of records) {
    const { errors } = await index.addCustomRecord({
      url: `/${id}/#${anchor}`,
      content: text,
      language: 'en',
      meta: { title: heading },
    });
    if (errors.length > 0) throw new Error(`${id}#${anchor} could not be indexed: ${errors.join('; ')}`);
  }
  return records.length;
}

/**
 * About how many places of words one part of the index holds. What a query fetches is the part of each word: with the
 * default of 20,000 parts of 23 KB, with this parts of 2 to 3 KB, and a directory that is 3 KB larger. Pagefind reads it
 * from the environment alone.
 */
const partSize = '1000';

/** Indexes the guides' sections for full-text search, into `pagefind/`. A build whose index cannot be written fails. */
export function fullTextIndex(): AstroIntegration {
  return {
    name: 'full-text-index',
    hooks: {
      'astro:build:done': async ({ dir, logger }) => {
        process.env['PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE'] = partSize;
        // Readers type N+1 and C++; without this the sign is lost from the pages but not from the query.
        const { index, errors } = await createIndex({ includeCharacters: '+' });
        if (!index) throw new Error(`The full-text index could not be made: ${errors.join('; ')}`);
        const folder = fileURLToPath(dir);
        let sections = 0;
        for (const question of questions) sections += await addPage(index, folder, guideId(question));
        const made = await index.getFiles();
        if (made.errors.length > 0)
          throw new Error(`The full-text index could not be made: ${made.errors.join('; ')}`);
        for (const { path: name, content } of await compactIndex(made.files)) {
          const file = path.join(folder, 'pagefind', name);
          await mkdir(path.dirname(file), { recursive: true });
          await writeFile(file, content);
        }
        logger.info(`${sections} sections indexed`);
      },
    },
  };
}
