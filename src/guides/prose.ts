import type { Guide } from './schema.ts';

/** The prose of a guide as one text: its frontmatter's sentences and its body without code and component names. */
export function proseOfGuide(guide: Guide, body: string): string {
  return [
    guide.tested.listensFor,
    guide.tested.clarify,
    guide.inThirtySeconds,
    ...guide.inTwoMinutes.map(({ says }) => says),
    body,
    ...guide.decisions.flatMap(({ option, wins, costs, changesMyMind }) => [
      option,
      wins,
      costs,
      changesMyMind,
    ]),
    ...guide.rubric.flatMap(({ point, weak, senior, principal, movesUp }) => [
      point,
      weak,
      senior,
      principal,
      movesUp,
    ]),
    ...guide.myths.flatMap(({ says, truth }) => [says, truth]),
  ]
    .join('\n')
    .replaceAll(/^```[\s\S]*?^```|`[^`\n]*`|\[lab:[^\]]*\]|<\/?[A-Z]\w*|^import .*$/gm, ' ');
}
