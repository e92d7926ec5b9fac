import { z } from 'astro/zod';
import { questions } from './catalogue.ts';
import { countBounds, wordBounds } from './structure.ts';
import { tagNames } from './tags.ts';
import { countWords } from './words.ts';

const kebab = z
  .string()
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*$/,
    'An id is a published anchor: lower-case words joined by hyphens, such as “lost-update”.',
  );

/** Inline Markdown: code, emphasis, links, and the references `[^source]`, `[lab:name]`, `[lab:name/value]`. */
const inline = z.string().trim().min(1, 'Write something here, or remove the row.');

function list<Item extends z.ZodType>(item: Item, [min, max]: readonly [number, number], noun: string) {
  return z
    .array(item)
    .min(min, `A guide has ${min} to ${max} ${noun}; add some.`)
    .max(max, `A guide has ${min} to ${max} ${noun}; keep the best.`);
}

function unique<Item>(key: (item: Item) => string, noun: string) {
  return (items: Item[], context: z.RefinementCtx) => {
    const seen = new Set<string>();
    items.forEach((item, index) => {
      if (seen.has(key(item))) {
        context.addIssue({
          code: 'custom',
          path: [index],
          message: `The ${noun} “${key(item)}” stands here twice; rename or remove one.`,
        });
      }
      seen.add(key(item));
    });
  };
}

function words([min, max]: readonly [number, number], text: string, context: z.RefinementCtx) {
  const count = countWords(text);
  if (count < min || count > max) {
    context.addIssue({
      code: 'custom',
      message: `${count} words; this part takes ${min} to ${max}. ${count < min ? 'Say more.' : 'Cut the weakest sentence.'}`,
    });
  }
}

const byId = (item: { id: string }) => item.id;

/**
 * The frontmatter of a guide: what is structured, so that search, cards, exports and checks can use it. Prose parts
 * stay in the body. Word and row bounds come from `structure.ts`. Rows are strict: a comma in an unquoted text would
 * otherwise cut it silently, as YAML reads what follows as another field.
 */
export const guideSchema = z.object({
  /** The question's number in the catalogue, which gives its words, category and address. */
  question: z
    .number()
    .int()
    .min(1)
    .max(questions.length, `The catalogue holds the questions 1 to ${questions.length}.`),
  /** A short title for lists and tabs: a noun phrase, not the question. */
  title: z.string().min(3).max(60),
  /** What the page answers, for search engines and link previews. */
  description: z
    .string()
    .min(40)
    .max(160, 'Search engines cut a description after 160 characters; shorten it.'),
  /** Other names a reader may type: abbreviations, error codes, the interviewer's phrasing. Unique across the site. */
  aliases: list(z.string().min(2), countBounds.aliases, 'aliases').superRefine(
    unique((alias) => alias.toLowerCase(), 'alias'),
  ),
  /** Where interviewers usually pitch the question. */
  level: z.enum(['senior', 'staff', 'principal']),
  /** Topics that cut across categories, from `tags.ts`. */
  tags: z.array(z.enum(tagNames)).min(2).max(6),
  /** The day someone last checked every claim on the page. */
  verified: z.coerce.date(),
  /** What the interviewer listens for and the one clarifying question to ask first. */
  tested: z.strictObject({ listensFor: inline, clarify: inline }).superRefine((tested, context) => {
    words(wordBounds.tested, `${tested.listensFor} ${tested.clarify}`, context);
  }),
  /** The spoken answer in half a minute: position, reason, main trade-off. */
  inThirtySeconds: inline.superRefine((text, context) => {
    words(wordBounds.inThirtySeconds, text, context);
  }),
  /** The spoken answer in two minutes, in beats a listener can follow; it ends on a trade-off. */
  inTwoMinutes: list(
    z.strictObject({ beat: z.string().min(2).max(40), says: inline }),
    countBounds.beats,
    'beats',
  ).superRefine((beats, context) => {
    words(wordBounds.inTwoMinutes, beats.map((beat) => beat.says).join(' '), context);
  }),
  /** The decision table: when each option wins, what it costs, and what would change the decision. */
  decisions: list(
    z.strictObject({ option: inline, wins: inline, costs: inline, changesMyMind: inline }),
    countBounds.decisions,
    'rows in the decision table',
  ),
  /** The same point said at three levels, quoted, with what moves it up. */
  rubric: list(
    z.strictObject({
      id: kebab,
      point: inline,
      weak: inline,
      senior: inline,
      principal: inline,
      movesUp: inline,
    }),
    countBounds.rubric,
    'rows in the rubric',
  ).superRefine(unique(byId, 'rubric row')),
  /** What people say, and what is true: `truth` names the lab or the source that shows it. */
  myths: list(
    z.strictObject({
      id: kebab,
      says: inline,
      truth: inline.regex(/\[(lab:|\^)/, 'A myth is answered by evidence: name it as [lab:…] or [^source].'),
    }),
    countBounds.myths,
    'myths',
  ).superRefine(unique(byId, 'myth')),
  /** Other guides worth reading next, and why. */
  related: list(
    z.strictObject({ guide: z.string(), why: inline }),
    countBounds.related,
    'related guides',
  ).superRefine(unique((row) => row.guide, 'related guide')),
  /** Primary sources: what each is, where it is, for which version it holds, and what it supports on this page. */
  sources: list(
    z.strictObject({
      id: kebab,
      title: z.string().min(3),
      publisher: z.string().min(2),
      url: z.url({ protocol: /^https$/, error: 'Give the full address, starting with https://.' }),
      /** A version ("PostgreSQL 18") or a date. */
      version: z.coerce.string().min(2),
      supports: inline,
    }),
    countBounds.sources,
    'sources',
  ).superRefine(unique(byId, 'source')),
});

/** A guide's frontmatter, as `guideSchema` gives it. */
export type Guide = z.infer<typeof guideSchema>;

/** One source of a guide. */
export type Source = Guide['sources'][number];
