import path from 'node:path';
import { diagramData } from '@mermaid-js/examples';
import { readFence } from '../fence.ts';
import { pagesWithText } from '../integration.ts';
import { findBlocks } from '../scan.ts';

/** A source to draw, with a name that is good for a file. */
export interface Source {
  name: string;
  source: string;
}

/** Every diagram of the site's own pages. */
export function siteSources(folder = 'src'): Source[] {
  return pagesWithText(folder).flatMap(({ file, text }) =>
    findBlocks(text).map(({ source }) => ({
      name: `${path.basename(file).replace(/\.mdx?$/, '')}-${readFence(source).id}`,
      source,
    })),
  );
}

/** Every example that Mermaid publishes, of all its kinds. */
export function exampleSources(): Source[] {
  return diagramData.flatMap(({ id, examples }) =>
    examples.map(({ code }, i) => ({ name: `${id.replace(/\W+/g, '')}-${i + 1}`, source: code })),
  );
}
