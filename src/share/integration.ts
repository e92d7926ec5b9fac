import type { AstroIntegration } from 'astro';

/** Warns when a production build does not know the address it will have: previews, feeds and QR codes carry it. */
export function addressWarning(): AstroIntegration {
  return {
    name: 'address',
    hooks: {
      'astro:build:start': ({ logger }) => {
        if (!process.env['SITE_URL']) {
          logger.warn(
            'SITE_URL is not set: link previews, the feed and QR codes will say http://localhost:4321.',
          );
        }
      },
    },
  };
}
