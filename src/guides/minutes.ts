import type { Guide } from './schema.ts';
import { countWords, readingMinutes } from './words.ts';

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strings);
}

/** Minutes to read a guide in full: its prose, without code, diagrams and sources. */
export function guideMinutes({ guide, body }: { guide: Guide; body: string }): number {
  const { tested, inThirtySeconds, inTwoMinutes, decisions, rubric, myths } = guide;
  const structured = strings([tested, inThirtySeconds, inTwoMinutes, decisions, rubric, myths]).join(' ');
  const prose = body
    .replace(/```[\s\S]*?```/g, ' ')
    .replace(/^import .*$/gm, ' ')
    .replace(/<\/?\w+|\b\w+="/g, ' ');
  return readingMinutes(countWords(prose) + countWords(structured));
}
