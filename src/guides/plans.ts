/** Reading plans: what to read in the time that is left before the interview. */
import { guideMinutes } from './minutes.ts';
import type { PublishedGuide } from './current.ts';

/** How deep a plan reads a guide, and the anchor where that depth starts. */
export type Depth = '30s' | '2m' | 'full';

/** Seconds that a depth takes aloud; a full read takes the guide's own minutes. */
const spokenSeconds = { '30s': 40, '2m': 130 } as const;

/** A plan as it is offered: its address, what it is called, and what it promises. */
export interface Plan {
  readonly slug: string;
  /** "I have …" */
  readonly time: string;
  readonly promise: string;
  readonly depth: Depth;
  /** The minutes the plan may take, all days together. */
  readonly minutes: number;
  readonly days: number;
}

export const plans: readonly Plan[] = [
  {
    slug: 'ten-minutes',
    time: '10 minutes',
    promise: 'The half-minute answers, one category after the other, to say aloud on the way.',
    depth: '30s',
    minutes: 10,
    days: 1,
  },
  {
    slug: 'an-hour',
    time: 'an hour',
    promise: 'The two-minute answers with their pictures: say it, draw it, say it again.',
    depth: '2m',
    minutes: 60,
    days: 1,
  },
  {
    slug: 'a-week',
    time: 'a week',
    promise: 'Every guide in full, a category at a time, with follow-ups answered aloud.',
    depth: 'full',
    minutes: 7 * 90,
    days: 7,
  },
];

/** What the address of a guide carries when the guide is read in a plan: which plan, and how deep it reads. */
export function planQuery({ slug, depth }: Plan): string {
  return `?plan=${slug}&depth=${depth}`;
}

/** Minutes as they are said of a plan: "10 minutes", from two hours on "9 hours". */
export function spokenTime(minutes: number): string {
  return minutes < 120 ? `${Math.round(minutes)} minutes` : `${Math.round(minutes / 60)} hours`;
}

/** A plan as a guide that is read in it asks for it: what it is called, and its guides in order. */
export interface PlanOrder {
  readonly time: string;
  readonly stops: readonly {
    /** `category/slug`. */
    readonly guide: string;
    /** The guide's address within the plan. */
    readonly address: string;
    /** The words of the question. */
    readonly asked: string;
  }[];
}

/** A guide in a plan, and the minutes it takes there. */
export interface Stop {
  readonly guide: PublishedGuide;
  readonly minutes: number;
}

function minutesOf(guide: PublishedGuide, depth: Depth): number {
  return depth === 'full' ? guideMinutes(guide) : spokenSeconds[depth] / 60;
}

/** Takes guides in turn from each category, so that a short plan touches them all. */
function inTurn(guides: readonly PublishedGuide[]): PublishedGuide[] {
  const byCategory = [...Map.groupBy(guides, ({ category }) => category.slug).values()];
  const longest = Math.max(0, ...byCategory.map((group) => group.length));
  return Array.from({ length: longest }, (_, index) =>
    byCategory.flatMap((group) => group[index] ?? []),
  ).flat();
}

/**
 * The days of a plan, each with its guides: as many as fit into the plan's minutes. Short plans take the categories in
 * turn; a plan of several days keeps their order and spreads the minutes evenly.
 */
export function stopsOf(plan: Plan, guides: readonly PublishedGuide[]): Stop[][] {
  const ordered = plan.days > 1 ? guides : inTurn(guides);
  const stops = ordered.map((guide) => ({ guide, minutes: minutesOf(guide, plan.depth) }));
  const fitting: Stop[] = [];
  let total = 0;
  for (const stop of stops) {
    if (total + stop.minutes > plan.minutes) break;
    fitting.push(stop);
    total += stop.minutes;
  }
  const days: Stop[][] = [];
  let spent = 0;
  for (const stop of fitting) {
    const day = Math.min(plan.days - 1, Math.floor((spent / total) * plan.days));
    (days[day] ??= []).push(stop);
    spent += stop.minutes;
  }
  return days.filter((day) => day.length > 0);
}
