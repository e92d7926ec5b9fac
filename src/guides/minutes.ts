import type { CollectionEntry } from 'astro:content';
import { countWords, readingMinutes } from './words.ts';

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strings);
}

/** Minutes to read a guide in full: its prose, without code, diagrams and sources. */
export function guideMinutes({ body = '', data }: CollectionEntry<'docs'>): number {
  const { tested, inThirtySeconds, inTwoMinutes, decisions, rubric, myths } = data;
  const structured = strings([tested, inThirtySeconds, inTwoMinutes, decisions, rubric, myths]).join(' ');
  const prose = body
    .replace(/```[\s\S]*?```/g, ' ')
    .replace(/^import .*$/gm, ' ')
    .replace(/<\/?\w+|\b\w+="/g, ' ');
  return readingMinutes(countWords(prose) + countWords(structured));
}
