import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

// #region record
const record = z.object({
  title: z.string(),
  status: z.enum(['proposed', 'accepted', 'superseded']),
  owner: z.string(), // a team, since people leave
  door: z.enum(['one-way', 'two-way']),
  because: z.string(),
  trigger: z.object({
    measure: z.string(), // something that a machine can read
    limit: z.number().positive(), // beyond it the decision is wrong
    growthAMonth: z.number().positive(), // as measured when it was written
    leadMonths: z.number().positive(), // how long the next design takes to build
  }),
});
// #endregion record

/** A decision's record, without its prose. */
export type DecisionRecord = z.infer<typeof record>;

/** A record's number, with what it says or which fields it lacks. */
export type Read = { readonly number: string } & (
  { readonly record: DecisionRecord } | { readonly lacks: readonly string[] }
);

/** Reads the records of a folder in their order. */
export function readRecords(folder: string): readonly Read[] {
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const [, frontmatter = ''] = readFileSync(path.join(folder, file), 'utf8').split('---\n');
      const number = file.slice(0, 4);
      const parsed = record.safeParse(parse(frontmatter));
      if (parsed.success) return { number, record: parsed.data };
      return { number, lacks: parsed.error.issues.map((issue) => issue.path.join('.')) };
    });
}
