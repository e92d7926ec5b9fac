/**
 * Search over the head index, joined with full-text results when there are any. Pure, and the same in Node.js and in the
 * browser. Ranking: each word of the query counts by its rarity (inverse document frequency, Robertson and Spärck Jones)
 * and by the best field it is found in; pages that hold more of the query's words come first.
 */
import type { Head, HeadPage, HeadSection } from './head.ts';
import { contentWords, mistakes, stem, wordsOf } from './words.ts';

/** A page that was found. */
export interface Result {
  readonly page: HeadPage;
  /** Greater is better; comparable within one search only. */
  readonly score: number;
  /** Up to three sections, the best first. */
  readonly sections: readonly HeadSection[];
}

/** The answer to a query. */
export interface Answer {
  /** The best first. */
  readonly results: readonly Result[];
  /** The query as it was understood, when a word was taken for a typing mistake. */
  readonly corrected?: string;
}

/** A page that full-text search found: its id and a score above 0. */
export interface TextHit {
  readonly id: string;
  readonly score: number;
}

interface Field {
  readonly weight: number;
  readonly stems: ReadonlySet<string>;
  /** The stems in order, between spaces, to find phrases in. */
  readonly text: string;
}

interface Entry {
  readonly page: HeadPage;
  readonly fields: readonly Field[];
  readonly sections: readonly { readonly section: HeadSection; readonly stems: readonly string[] }[];
}

/** A search that is ready to be asked. */
export interface Searcher {
  /**
   * @param query what was typed, of any length and form
   * @param options `exact`: take every word as it is typed; `text`: what full-text search found for the corrected query
   */
  search: (query: string, options?: { exact?: boolean; text?: readonly TextHit[] }) => Answer;
}

const weights = { alias: 6, title: 5, asked: 3, topic: 2, section: 1.6 } as const;
const stems = (text: string) => wordsOf(text).map(stem);

function field(weight: number, texts: readonly string[]): Field {
  const all = texts.map(stems);
  return { weight, stems: new Set(all.flat()), text: all.map((words) => ` ${words.join(' ')} `).join('|') };
}

function entryOf(page: HeadPage): Entry {
  return {
    page,
    fields: [
      field(weights.alias, page.aliases),
      field(weights.title, [page.title, page.id.replaceAll(/[-/]/g, ' ')]),
      field(weights.asked, [page.asked]),
      field(weights.topic, page.topics),
      field(
        weights.section,
        page.sections.map(({ text }) => text),
      ),
    ],
    sections: page.sections.map((section) => ({ section, stems: stems(section.text) })),
  };
}

/** The best weight with which a page holds a stem: whole, or as the start of a word when the reader may still be typing. */
function weightOf(entry: Entry, word: string, prefix: boolean): number {
  let best = 0;
  for (const { weight, stems: known } of entry.fields) {
    if (weight <= best) continue;
    if (known.has(word)) best = weight;
    else if (prefix && word.length > 1 && [...known].some((other) => other.startsWith(word)))
      best = Math.max(best, weight * 0.7);
  }
  return best;
}

/** Makes a head index ready to be asked. */
export function createSearcher(head: Head): Searcher {
  const entries = head.map(entryOf);
  const frequency = new Map<string, number>();
  for (const { fields } of entries) {
    for (const word of new Set(fields.flatMap((one) => [...one.stems])))
      frequency.set(word, (frequency.get(word) ?? 0) + 1);
  }
  const spellings = new Map<string, string>();
  for (const { page } of entries) {
    const texts = [page.title, page.asked, ...page.aliases, ...page.sections.map(({ text }) => text)];
    for (const word of texts.flatMap(wordsOf))
      if (!spellings.has(stem(word))) spellings.set(stem(word), word);
  }
  const vocabulary = [...spellings.keys()].filter((word) => word.length > 2);

  const rarity = (word: string): number => {
    const pages = frequency.get(word) ?? 0;
    return Math.log(1 + (entries.length - pages + 0.5) / (pages + 0.5));
  };

  /** The known word that was meant, or undefined when the word is known, short, or an identifier. */
  const correction = (word: string): string | undefined => {
    const form = stem(word);
    if (word.length < 4 || !/^[a-z]+$/.test(word) || frequency.has(form)) return undefined;
    if (vocabulary.some((known) => known.startsWith(form))) return undefined;
    const most = word.length < 6 ? 1 : 2;
    let best: { known: string; cost: number } | undefined;
    for (const known of vocabulary) {
      const distance = mistakes(form, known, most);
      if (distance > most) continue;
      // Of two words equally near, the one with the same first letter and on more pages is meant.
      const cost =
        distance * 10 - (known[0] === form[0] ? 5 : 0) - (frequency.get(known) ?? 0) / entries.length;
      if (!best || cost < best.cost) best = { known, cost };
    }
    return best && spellings.get(best.known);
  };

  return {
    search(query, { exact = false, text = [] } = {}) {
      const typed = wordsOf(query);
      const meant = typed.map((word) => (exact ? word : (correction(word) ?? word)));
      const changed = meant.some((word, index) => word !== typed[index]);
      const words = [...new Set(contentWords(meant).map(stem))];
      if (words.length === 0) return { results: [] };
      const typing = !/\s$/.test(query);
      const total = words.reduce((sum, word) => sum + rarity(word), 0);
      const phrase = ` ${meant.map(stem).join(' ')} `;

      const scored = entries.map((entry) => {
        let score = 0;
        let covered = 0;
        words.forEach((word, index) => {
          const weight = weightOf(entry, word, typing && index === words.length - 1);
          if (weight === 0) return;
          score += weight * rarity(word);
          covered += rarity(word);
        });
        score *= covered / total;
        if (words.length > 1) {
          const holder = entry.fields.find((one) => one.text.includes(phrase));
          if (holder) score *= 1.5 + holder.weight / 10;
        }
        // An alias that is the whole query is what a page is called.
        if (entry.fields[0]?.text.split('|').includes(phrase)) score *= 2;
        return { entry, score };
      });

      const best = Math.max(...scored.map(({ score }) => score), 0);
      const bestText = Math.max(...text.map(({ score }) => score), 0);
      const joined = scored
        .map(({ entry, score }) => {
          const hit = text.find(({ id }) => id === entry.page.id);
          const share =
            (best > 0 ? score / best : 0) + (hit && bestText > 0 ? (0.8 * hit.score) / bestText : 0);
          return { entry, score: share };
        })
        .filter(({ score }) => score > 0.08)
        .sort((a, b) => b.score - a.score || a.entry.page.number - b.entry.page.number);

      return {
        results: joined.map(({ entry, score }) => ({
          page: entry.page,
          score,
          sections: bestSections(entry, words, rarity),
        })),
        ...(changed ? { corrected: meant.join(' ') } : {}),
      };
    },
  };
}

/** The sections whose headings hold most of the query, by rarity of the words; a short heading beats a long one. */
function bestSections(
  { sections }: Entry,
  words: readonly string[],
  rarity: (word: string) => number,
): HeadSection[] {
  return sections
    .map(({ section, stems: own }) => {
      const found = words.filter((word) =>
        own.some((other) => other === word || (word.length > 3 && other.startsWith(word))),
      );
      const score = found.reduce((sum, word) => sum + rarity(word), 0) - own.length / 200;
      return { section, score: found.length > 0 ? score : 0 };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ section }) => section);
}
