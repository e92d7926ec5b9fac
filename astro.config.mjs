import mdx from '@astrojs/mdx';
import { satteri } from '@astrojs/markdown-satteri';
import starlight from '@astrojs/starlight';
import { defineConfig } from 'astro/config';
import { diagrams } from './src/diagrams/index.ts';
import { guides } from './src/guides/integration.ts';
import { references } from './src/guides/references-plugin.ts';
import { codeCheck } from './src/labs/code-check/integration.ts';
import { labRegions } from './src/labs/regions-plugin.ts';
import { fullTextIndex } from './src/search/integration.ts';
import { addressWarning } from './src/share/integration.ts';
import { movedPages } from './src/share/moved.ts';
import { codeFigure } from './src/site/code-blocks.ts';
import { literalColons } from './src/site/literal-colons.ts';
import { components } from './src/site/overrides.ts';
import { ownStyles } from './src/site/own-styles.ts';
import { sidebar } from './src/site/sidebar.ts';

const drawn = diagrams();
const base = process.env.SITE_BASE ?? '/';

// What several entry scripts share goes into one file instead of one for each module: fewer requests.
const sharedScript = {
  name: 'shared',
  test: /preload-helper|src\/(?:practice\/store|share\/copy|site\/(?:address|adopt-styles|element|reading\/read-marks))\.ts$/,
};

export default defineConfig({
  site: process.env.SITE_URL ?? 'http://localhost:4321',
  base,
  trailingSlash: 'always',
  // The browser's own rules do it without script: see `Head.astro`.
  prefetch: false,
  redirects: Object.fromEntries(
    Object.entries(movedPages).map(([old, now]) => [old, `${base.replace(/\/$/, '')}${now}`]),
  ),
  vite: {
    plugins: [ownStyles],
    environments: {
      client: { build: { rolldownOptions: { output: { codeSplitting: { groups: [sharedScript] } } } } },
    },
  },
  markdown: {
    // No grammar of PromQL is bundled; it is shown plain.
    shikiConfig: { theme: 'css-variables', langAlias: { promql: 'text' }, transformers: [codeFigure] },
    processor: satteri({
      // Lab regions become code blocks, Mermaid blocks become drawings, then text is left to resolve references in.
      mdastPlugins: [labRegions(), drawn.plugin, references],
    }),
  },
  integrations: [
    // First: a guide that is not whole, or whose code does not parse, stops the build before anything renders it.
    guides(),
    codeCheck(),
    drawn.integration,
    starlight({
      title: 'The Architect Round',
      disable404Route: true,
      pagefind: false,
      credits: false,
      customCss: ['./src/site/styles/index.css'],
      components,
      sidebar: sidebar(process.cwd()),
      routeMiddleware: './src/site/route.ts',
      expressiveCode: false,
    }),
    literalColons(),
    addressWarning(),
    mdx(),
    // Last: it reads the pages that the others have written.
    fullTextIndex(),
  ],
});
