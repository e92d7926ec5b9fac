/** The parts of a guide's body in the order they stand on the page: one list for the check, the headings and the table of contents. */

/** A part of a guide. `component` is its name in MDX, `id` its anchor, `title` its heading. */
export interface Part {
  readonly component: string;
  readonly id: string;
  readonly title: string;
  /** True for parts that only leadership guides have. */
  readonly leadershipOnly?: true;
  /** The heading in leadership guides, where it differs. */
  readonly leadershipTitle?: string;
}

/** Parts that the page's layout draws from frontmatter, above the body. */
export const openingParts = [
  { component: 'Tested', id: 'tested', title: 'What is being tested' },
  { component: 'InThirtySeconds', id: '30s', title: 'In 30 seconds' },
  { component: 'InTwoMinutes', id: '2m', title: 'In 2 minutes' },
] as const satisfies readonly Part[];

/** Parts that the writer places in the body, in this order. */
export const bodyParts = [
  { component: 'Picture', id: 'picture', title: 'The picture' },
  { component: 'DeepDive', id: 'deep-dive', title: 'Deep dive' },
  { component: 'Decisions', id: 'decisions', title: 'Decision table' },
  { component: 'Proof', id: 'proof', title: 'Proof', leadershipTitle: 'The worked case' },
  { component: 'WhatBreaks', id: 'what-breaks', title: 'What breaks' },
  { component: 'RedPen', id: 'red-pen', title: 'Red pen' },
  { component: 'FollowUps', id: 'follow-ups', title: 'Follow-ups' },
  { component: 'Rubric', id: 'rubric', title: 'Weak, senior, principal' },
  { component: 'YourStory', id: 'your-story', title: 'Your story', leadershipOnly: true },
  { component: 'OwnIt', id: 'own-it', title: 'Own it' },
  { component: 'Myths', id: 'myths', title: 'Myths' },
  { component: 'Sources', id: 'sources', title: 'Sources' },
] as const satisfies readonly Part[];

/** The name of a part's component. */
export type PartName = (typeof openingParts)[number]['component'] | (typeof bodyParts)[number]['component'];

const parts: readonly Part[] = [...openingParts, ...bodyParts];

/** The body parts that a guide of this category must have, in order. */
export function partsOf(category: string): readonly Part[] {
  const all: readonly Part[] = bodyParts;
  return all.filter((part) => !part.leadershipOnly || category === 'leadership');
}

/** A part's anchor and its heading in this category. */
export function partHeading(name: PartName, category: string): { id: string; title: string } {
  const part = parts.find((candidate) => candidate.component === name);
  if (!part) throw new RangeError(`A guide has no part named ${name}.`);
  return { id: part.id, title: (category === 'leadership' && part.leadershipTitle) || part.title };
}

/** Bounds on the words of each part, both ends included (source: the anatomy of a guide in the README). */
export const wordBounds = {
  tested: [40, 80],
  inThirtySeconds: [60, 90],
  inTwoMinutes: [220, 320],
  deepDive: [900, 1800],
  followUp: [40, 140],
  ownIt: [80, 160],
} as const;

/** Bounds on how many of each a guide holds, both ends included. */
export const countBounds = {
  aliases: [8, 16],
  beats: [3, 5],
  decisions: [3, 6],
  failures: [3, 5],
  redPen: [3, 5],
  followUps: [6, 10],
  rubric: [3, 4],
  myths: [2, 5],
  related: [2, 4],
  sources: [4, 10],
  sections: [4, 7],
} as const;
