import type { AstroIntegration } from 'astro';
import { fileURLToPath } from 'node:url';
import { formatProblem } from './anatomy.ts';
import { checkGuides, isDraft, readGuideFiles } from './files.ts';

/**
 * Stops the build when a guide is not whole, with file, line and how to mend it. Drafts are not built, so they are
 * not checked; `npm run dev` shows problems and goes on.
 */
export function guides(): AstroIntegration {
  return {
    name: 'guides',
    hooks: {
      // Before Astro reads the collection: its own schema error would name the file but no line.
      'astro:config:setup': ({ command, config, logger }) => {
        const files = readGuideFiles(fileURLToPath(config.root)).filter((file) => !isDraft(file));
        const problems = checkGuides(files).map(formatProblem);
        if (problems.length === 0) return;
        if (command === 'build') throw new Error(`These guides are not whole:\n${problems.join('\n')}`);
        for (const problem of problems) logger.warn(problem);
      },
    },
  };
}
