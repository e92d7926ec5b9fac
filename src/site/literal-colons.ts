import { isSatteriProcessor } from '@astrojs/markdown-satteri';
import type { AstroIntegration } from 'astro';

/**
 * Turns off the directive syntax that Starlight turns on: guides have components instead of `:::note`, and a colon in
 * a text, as in `[lab:name]` or 10:30, is a colon. It stands after Starlight in the list of integrations.
 */
export function literalColons(): AstroIntegration {
  return {
    name: 'literal-colons',
    hooks: {
      'astro:config:setup': ({ config }) => {
        const { processor } = config.markdown;
        if (isSatteriProcessor(processor)) processor.options.features.directive = false;
      },
    },
  };
}
