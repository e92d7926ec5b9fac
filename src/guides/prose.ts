import type { Guide } from './schema.ts';

/** A guide's text with blanks for what is no prose (code, addresses, component names, ids), so that every word stays where it is. */
export function withoutCode(text: string): string {
  return text.replaceAll(
    /^```[\s\S]*?^```|`[^`\n]*`|https?:\/\/\S+|\bid(?:="[^"]*"|: \S+)|\[lab:[^\]]*\]|<\/?[A-Z]\w*|^import .*$/gm,
    (code) => code.replaceAll(/[^\n]/g, ' '),
  );
}

/** The prose of a guide as one text: its frontmatter's sentences and its body without code and component names. */
export function proseOfGuide(guide: Guide, body: string): string {
  const sentences = [
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
  ];
  return withoutCode(sentences.join('\n'));
}
