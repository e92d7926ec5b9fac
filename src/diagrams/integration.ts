import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { DiagramError, drawBlock } from './page.ts';
import type { Renderer } from './renderer.ts';
import { findBlocks } from './scan.ts';

const isDraft = (text: string) => /^---\r?\n(?:(?!---)[^\n]*\n)*?draft:\s*true\b/.test(text);

/** The Markdown and MDX files under a folder, with their text, drafts left out. */
export function pagesWithText(folder: string): { file: string; text: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.mdx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
    .filter(({ text }) => !isDraft(text));
}

/**
 * Draws the diagrams of all pages.
 * @returns every reason why one cannot be drawn, as `file:line reason`
 */
export async function drawAll(renderer: Renderer, folder: string): Promise<string[]> {
  const blocks = pagesWithText(folder).flatMap(({ file, text }) => {
    const seen = new Set<string>();
    const name = path.relative(process.cwd(), file);
    return findBlocks(text).map((block) => ({ block, name, seen }));
  });
  const outcomes = await Promise.allSettled(
    blocks.map(({ block, name, seen }) => drawBlock(renderer, block, name, seen)),
  );
  return outcomes.flatMap((outcome) => {
    if (outcome.status === 'fulfilled') return [];
    if (outcome.reason instanceof DiagramError) return [outcome.reason.message];
    throw outcome.reason;
  });
}

/**
 * Draws everything before Astro renders any page, so that one build names every broken diagram and a page from Astro's
 * own cache cannot hide one; says at the end what was drawn.
 * @param failures filled by the Markdown plugin
 */
export function integration(renderer: Renderer, failures: readonly unknown[]): AstroIntegration {
  let store: URL | undefined;
  return {
    name: 'diagrams',
    hooks: {
      'astro:config:setup': async ({ command, config }) => {
        if (command !== 'build') return;
        const reasons = await drawAll(renderer, fileURLToPath(config.srcDir));
        if (reasons.length > 0) throw new DiagramError(['These diagrams cannot be drawn:', ...reasons]);
      },
      'astro:config:done': ({ config }) => {
        store = new URL('data-store.json', config.cacheDir);
      },
      'astro:build:done': async ({ logger }) => {
        const { drawn, cached, layout, finish, start } = renderer.stats;
        const ms = (n: number) => `${Math.round(n)} ms`;
        const times = drawn === 0 ? '' : ` (start ${ms(start)}, layout ${ms(layout)}, finish ${ms(finish)})`;
        logger.info(`${drawn} drawn${times}, ${cached} from cache`);
        await renderer.close();
        if (failures.length === 0) return;
        // Astro keeps the page it rendered without its diagram: the next build must not serve that.
        if (store) rmSync(store, { force: true });
        throw new DiagramError(
          failures.map((failure) => (failure instanceof Error ? failure.message : String(failure))),
        );
      },
    },
  };
}
