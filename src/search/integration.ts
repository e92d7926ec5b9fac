import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { createIndex } from 'pagefind';

/** Indexes the built pages for full-text search, into `pagefind/`. A build whose index cannot be written fails. */
export function fullTextIndex(): AstroIntegration {
  return {
    name: 'full-text-index',
    hooks: {
      'astro:build:done': async ({ dir, logger }) => {
        // Readers type N+1 and C++; without this the sign is lost from the pages but not from the query.
        const { index, errors } = await createIndex({ includeCharacters: '+' });
        if (!index) throw new Error(`The full-text index could not be made: ${errors.join('; ')}`);
        const folder = fileURLToPath(dir);
        const added = await index.addDirectory({ path: folder });
        const written = await index.writeFiles({ outputPath: `${folder}pagefind` });
        const wrong = [...added.errors, ...written.errors];
        if (wrong.length > 0) throw new Error(`The full-text index could not be made: ${wrong.join('; ')}`);
        logger.info(`${added.page_count} pages indexed`);
      },
    },
  };
}
