import { docsLoader } from '@astrojs/starlight/loaders';
import { docsSchema } from '@astrojs/starlight/schema';
import { defineCollection } from 'astro:content';
import { guideSchema } from '#guides/schema.ts';

/** One collection, Starlight's own, and only guides in it: every other page is an Astro page. */
export const collections = {
  docs: defineCollection({ loader: docsLoader(), schema: docsSchema({ extend: guideSchema }) }),
};
