import type { AstroIntegration } from 'astro';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkCode, problemText } from './check.ts';

/** Stops the build when code in a guide does not pass its language's parser; `npm run dev` shows it and goes on. */
export function codeCheck(): AstroIntegration {
  return {
    name: 'code-check',
    hooks: {
      'astro:config:setup': async ({ command, config, logger }) => {
        if (command !== 'build' && command !== 'dev') return;
        const root = fileURLToPath(config.root);
        const files = globSync('src/content/docs/*/*.mdx', { cwd: root }).sort();
        const { problems } = await checkCode(
          files.map((file) => ({ file, source: readFileSync(path.join(root, file), 'utf8') })),
        );
        if (problems.length === 0) return;
        const lines = problems.map(problemText);
        if (command === 'build')
          throw new Error(`Code in these guides does not pass its check:\n${lines.join('\n')}`);
        for (const line of lines) logger.warn(line);
      },
    },
  };
}
