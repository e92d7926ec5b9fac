import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { JSDOM } from 'jsdom';
import { type PagefindIndex, createIndex } from 'pagefind';
import { guideId, questions } from '#guides/catalogue.ts';
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

/** Indexes the guides' sections for full-text search, into `pagefind/`. A build whose index cannot be written fails. */
export function fullTextIndex(): AstroIntegration {
  return {
    name: 'full-text-index',
    hooks: {
      'astro:build:done': async ({ dir, logger }) => {
        // Readers type N+1 and C++; without this the sign is lost from the pages but not from the query.
        const { index, errors } = await createIndex({ includeCharacters: '+' });
        if (!index) throw new Error(`The full-text index could not be made: ${errors.join('; ')}`);
        const folder = fileURLToPath(dir);
        let sections = 0;
        for (const question of questions) sections += await addPage(index, folder, guideId(question));
        const written = await index.writeFiles({ outputPath: `${folder}pagefind` });
        if (written.errors.length > 0)
          throw new Error(`The full-text index could not be written: ${written.errors.join('; ')}`);
        logger.info(`${sections} sections indexed`);
      },
    },
  };
}
