import { docsLoader } from '@astrojs/starlight/loaders';
import { docsSchema } from '@astrojs/starlight/schema';
import { defineCollection } from 'astro:content';
import { z } from 'astro/zod';
import { guideSchema } from '#guides/schema.ts';

/** Pages that are not guides (home, search, …) are Astro pages; Starlight checks their head against the same schema. */
const plainPageSchema = z.object({ question: z.undefined().optional() });

/** One collection, Starlight's own, with the guides. */
export const collections = {
  docs: defineCollection({
    loader: docsLoader(),
    schema: docsSchema({ extend: z.union([guideSchema, plainPageSchema]) }),
  }),
};
