/**
 * Search over the head index, joined with full-text results when there are any. Pure, and the same in Node.js and in the
 * browser. Ranking: each word of the query counts by its rarity (inverse document frequency, Robertson and Spärck Jones)
 * and by the best field it is found in; pages that hold more of the query's words come first, and so do pages with one
 * section whose heading holds them together.
 */
import type { HeadPage, HeadSection } from './head.ts';
import { capitalParts, contentWords, mistakes, stem, withParts, wordsOf } from './words.ts';

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
  /** The words that were looked for, as they were understood, without those too common to tell pages apart. */
  readonly words: readonly string[];
  /** The words, as typed, in whose place others were looked for: they may stand in the text all the same. */
  readonly doubted: readonly string[];
  /** True when even the best page holds less than half of what was asked, by the rarity of its words. */
  readonly weak: boolean;
}

/** A section that full-text search found: its page, its place, and a score above 0. */
export interface TextHit extends HeadSection {
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
   * @param query what was typed, of any length and form; words between double quotes must stand together
   * @param options `exact`: take every word as it is typed; `keep`: take these so, because they stand in the text; `text`:
   * what full-text search found for the corrected query
   */
  search: (
    query: string,
    options?: { exact?: boolean; keep?: ReadonlySet<string>; text?: readonly TextHit[] },
  ) => Answer;
}

/** A query as it was understood. */
interface Understood {
  readonly words: string[];
  /** The words, as typed, that others were put for. */
  readonly doubted: string[];
  /** The query as a reader should see it, when a word was taken for a typing mistake. */
  readonly corrected?: string | undefined;
}

/** What a word counts by where it is found, tuned on the tuning half of `queries.tsv`. */
const weights = { alias: 6, title: 5, asked: 3, section: 1.6 } as const;
/** What one heading with all of the query's words adds, beside a word's weight in a field. */
const togetherInSection = 4;
/** What full text counts beside the head index, whose best page counts 1. */
const textShare = 0.5;
/** The same when the head index names a page by every word of the query. */
const namedTextShare = 0.12;
/** The same within a page, where a heading that holds the query's words names its section better than any sentence in it. */
const sectionTextShare = 0.35;
const leastScore = 0.08;
/** What the start of a word counts beside the whole word. */
const prefixShare = 0.7;
/** What a further field counts beside the best. */
const otherFields = 0.25;
/** Of a page's fields, how many name it: alias, title, question. */
const namingFields = 3;

const stems = (text: string) => wordsOf(text).flatMap(withParts).map(stem);
const phraseOf = (words: readonly string[]) => ` ${words.map(stem).join(' ')} `;

function field(weight: number, texts: readonly string[]): Field {
  return {
    weight,
    stems: new Set(texts.flatMap(stems)),
    text: texts.map((text) => phraseOf(wordsOf(text))).join('|'),
  };
}

/** What a section is called: its heading, and the words of its anchor, which often name the matter more plainly. */
function sectionText({ anchor, text }: HeadSection): string {
  return `${text} ${anchor.replace(/^(?:lab|failure|follow-up)-/, '').replaceAll('-', ' ')}`;
}

function entryOf(page: HeadPage): Entry {
  return {
    page,
    fields: [
      field(weights.alias, page.aliases),
      field(weights.title, [page.title, page.id.replaceAll(/[-/]/g, ' ')]),
      field(weights.asked, [page.asked]),
      field(weights.section, page.sections.map(sectionText)),
    ],
    sections: page.sections.map((section) => ({ section, stems: [...new Set(stems(sectionText(section)))] })),
  };
}

/**
 * The weight with which a page holds a stem, whole or, when the reader may still be typing, as the start of a word: that
 * of its best field, and a share of the others', since what a page is about stands in several.
 */
function weightOf({ fields }: Entry, word: string, prefix: boolean): number {
  const found = fields.map(({ weight, stems: known }) => {
    if (known.has(word)) return weight;
    return prefix && word.length > 1 && [...known].some((other) => other.startsWith(word))
      ? weight * prefixShare
      : 0;
  });
  const best = Math.max(...found);
  return best + otherFields * (found.reduce((sum, weight) => sum + weight, 0) - best);
}

/** Where a word may have lost a space: no part shorter than three letters. */
function cuts(word: string): number[] {
  return Array.from({ length: Math.max(0, word.length - 5) }, (_, index) => index + 3);
}

/** Whether a page answers no question of the catalogue. */
function isAside({ entry }: { readonly entry: Entry }): boolean {
  return entry.page.number === 0;
}

/** How much a word tells that this many of all hold: inverse document frequency (Robertson and Spärck Jones). */
function rarityOf(holders: number, all: number): number {
  return Math.log(1 + (all - holders + 0.5) / (holders + 0.5));
}

/** The words between double quotes, as phrases; a quote without its pair is none. */
function quoted(query: string): string[] {
  return [...query.slice(0, 500).matchAll(/["“”]([^"“”]+)["“”]/gu)]
    .map(([, phrase = '']) => phraseOf(wordsOf(phrase)))
    .filter((phrase) => phrase.trim() !== '');
}

/**
 * Makes the pages of a head index ready to be asked.
 * @param expansions what abbreviations stand for, both in lower case
 */
export function createSearcher(
  pages: readonly HeadPage[],
  expansions: Readonly<Record<string, string>> = {},
): Searcher {
  const entries = pages.map(entryOf);
  const frequency = new Map<string, number>();
  const spellings = new Map<string, string>();
  for (const { page, fields } of entries) {
    for (const word of new Set(fields.flatMap((one) => [...one.stems])))
      frequency.set(word, (frequency.get(word) ?? 0) + 1);
    const texts = [page.title, page.asked, ...page.aliases, ...page.sections.map(sectionText)];
    for (const word of texts.flatMap(wordsOf).flatMap(withParts))
      if (!spellings.has(stem(word))) spellings.set(stem(word), word);
  }
  // Readers run together what is written with a hyphen: “backpressure”, “btree”.
  const hyphenated = new Map<string, readonly string[]>();
  for (const { page } of entries) {
    const texts = [page.title, ...page.aliases, ...page.sections.map(({ text }) => text)].join(' ');
    for (const [term] of texts.matchAll(/\p{L}+-\p{L}+/gu)) {
      const parts = wordsOf(term);
      const joined = parts.join('');
      hyphenated.set(joined, parts);
      if (!spellings.has(joined)) spellings.set(joined, joined);
    }
  }
  const vocabulary = [...spellings.keys()].filter((word) => word.length > 2);

  const headings = entries.flatMap(({ sections }) => sections);
  const headingFrequency = new Map<string, number>();
  for (const word of headings.flatMap(({ stems: own }) => own))
    headingFrequency.set(word, (headingFrequency.get(word) ?? 0) + 1);

  const rarity = (word: string) => rarityOf(frequency.get(word) ?? 0, entries.length);
  const rarityInHeadings = (word: string) => rarityOf(headingFrequency.get(word) ?? 0, headings.length);
  const known = (word: string) => frequency.has(stem(word));
  /** Whether a page is called by the word, rather than mentioning it in a heading. */
  const named = (word: string) =>
    entries.some(({ fields }) => fields.slice(0, namingFields).some((one) => one.stems.has(stem(word))));

  /** The known word that was meant, or undefined when the word is known, short, or an identifier. */
  const correction = (word: string): string | undefined => {
    const form = stem(word);
    if (word.length < 4 || !/^[a-z]+$/.test(word) || known(word) || contentWords([word, '']).length === 0)
      return undefined;
    if (vocabulary.some((other) => other.startsWith(word))) return undefined;
    const most = word.length < 6 ? 1 : 2;
    let best: { spelling: string; cost: number } | undefined;
    for (const [other, spelling] of spellings) {
      if (other.length < 3 || !/^[a-z]+$/.test(spelling)) continue;
      // A stem hides letters that a reader may have mistyped, so the word itself is compared as well.
      const distance = Math.min(mistakes(form, other, most), mistakes(word, spelling, most));
      // Who mistypes twice, or in a short word, still begins it right.
      if (distance > most || ((word.length < 5 || distance > 1) && other[0] !== form[0])) continue;
      // Of two words equally near, the one with the same first letter and on more pages is meant.
      const cost =
        distance * 10 - (other[0] === form[0] ? 5 : 0) - (frequency.get(other) ?? 0) / entries.length;
      if (!best || cost < best.cost) best = { spelling, cost };
    }
    return best?.spelling;
  };

  /** Where a word has lost a space, cut there; undefined when no cut gives two known words. */
  const apart = (word: string): readonly string[] | undefined => {
    const at = cuts(word).find((cut) => known(word.slice(0, cut)) && known(word.slice(cut)));
    return at === undefined ? undefined : [word.slice(0, at), word.slice(at)];
  };

  /** The known word that three or two words from here make, written apart as in “next tick”, and how many they are. */
  const togetherAt = (typed: readonly string[], index: number) =>
    [3, 2]
      .map((length) => ({ length, parts: typed.slice(index, index + length) }))
      .filter(({ length, parts }) => parts.length === length && (length > 2 || !parts.every(known)))
      .map(({ length, parts }) => ({ length, word: parts.join('') }))
      .find(({ word }) => word.length > 6 && known(word));

  /** The words as they were meant: an identifier's parts, words run together or apart, typing mistakes. */
  const understand = (typed: readonly string[], query: string, keep: ReadonlySet<string>): Understood => {
    const capitals = capitalParts(query);
    const words: string[] = [];
    const shown: string[] = [];
    const doubted: string[] = [];
    let changed = false;
    for (let index = 0; index < typed.length; index += 1) {
      const word = typed[index] ?? '';
      const expansion = Object.hasOwn(expansions, word) ? expansions[word] : undefined;
      const joined = togetherAt(typed, index);
      const inCapitals = capitals.get(word)?.some(known) ? capitals.get(word) : undefined;
      if (keep.has(word)) {
        words.push(word);
        shown.push(word);
      } else if (expansion !== undefined && !named(word)) {
        words.push(...(known(word) ? [word] : []), ...wordsOf(expansion));
        shown.push(word);
      } else if (joined) {
        words.push(joined.word);
        shown.push(joined.word);
        index += joined.length - 1;
      } else if (known(word)) {
        words.push(word);
        shown.push(word);
      } else {
        const parts =
          withParts(word).length > 1 ? withParts(word).slice(1) : (hyphenated.get(word) ?? inCapitals);
        const two = parts ? undefined : apart(word);
        const better = (parts ?? two) ? undefined : correction(word);
        const meant = better ?? word;
        words.push(...(parts ?? two ?? (known(meant) ? undefined : hyphenated.get(meant)) ?? [meant]));
        shown.push(...(two ?? [meant]));
        if (parts ?? two ?? better) doubted.push(word);
        changed ||= (two ?? better) !== undefined;
      }
    }
    return { words, doubted, corrected: changed ? shown.join(' ') : undefined };
  };

  return {
    search(query, { exact = false, keep = new Set<string>(), text = [] } = {}) {
      const typed = wordsOf(query);
      const {
        words: meant,
        doubted,
        corrected,
      }: Understood = exact ? { words: typed, doubted: [] } : understand(typed, query, keep);
      const content = contentWords(meant);
      const words = [...new Set(content.map(stem))];
      if (words.length === 0) return { results: [], words: [], doubted: [], weak: true };
      const typing = !/\s$/.test(query);
      const last = words.length - 1;
      const total = words.reduce((sum, word) => sum + rarity(word), 0);
      const inHeadings = new Map(words.map((word) => [word, rarityInHeadings(word)]));
      const phrase = phraseOf(meant);
      const phrases = quoted(query);

      const scored = entries.map((entry) => {
        let score = 0;
        let covered = 0;
        words.forEach((word, index) => {
          const weight = weightOf(entry, word, typing && index === last);
          if (weight === 0) return;
          score += weight * rarity(word);
          covered += rarity(word);
        });
        const sections = rankSections(entry, inHeadings);
        if (words.length > 1) score += togetherInSection * total * (sections[0]?.share ?? 0) ** 2;
        score *= covered / total;
        if (meant.length > 1) {
          const holder = entry.fields.find((one) => one.text.includes(phrase));
          if (holder) score *= 1.5 + holder.weight / 10;
        }
        // An alias that is the whole query is what a page is called.
        if (entry.fields[0]?.text.split('|').includes(phrase)) score *= 2;
        const quotedHere = phrases.every((one) => entry.fields.some(({ text: own }) => own.includes(one)));
        return { entry, score, covered, sections, quotedHere };
      });

      const best = Math.max(...scored.map(({ score }) => score), 0);
      const bestText = Math.max(...text.map(({ score }) => score), 0);
      // A page that is called by every word of the query is what was meant; text only orders what comes after it.
      const leader = scored.find(({ score }) => score === best);
      const share = leader && best > 0 && leader.covered >= total ? namedTextShare : textShare;
      const joined = scored
        .map(({ entry, score, covered, sections, quotedHere }) => {
          const hits = text.filter(({ id }) => id === entry.page.id);
          const hit = Math.max(...hits.map((one) => one.score), 0);
          return {
            entry,
            covered: hit > 0 ? total : covered,
            fits: phrases.length === 0 || quotedHere || hit > 0,
            score: (best > 0 ? score / best : 0) + (bestText > 0 ? (share * hit) / bestText : 0),
            sections: joinSections(sections, hits, bestText),
          };
        })
        .filter(({ score }) => score > leastScore)
        .sort(
          (a, b) =>
            // A page that answers no question, such as the glossary, stands behind those that do.
            Number(isAside(a)) - Number(isAside(b)) ||
            b.score - a.score ||
            a.entry.page.number - b.entry.page.number,
        );
      const fitting = joined.filter(({ fits }) => fits);
      const shown = fitting.length > 0 ? fitting : joined;

      return {
        results: shown.map(({ entry, score, sections }) => ({ page: entry.page, score, sections })),
        words: content,
        doubted,
        weak: (shown[0]?.covered ?? 0) < total / 2,
        ...(corrected === undefined ? {} : { corrected }),
      };
    },
  };
}

interface RankedSection {
  readonly section: HeadSection;
  /** The part of the query that the heading holds, by the rarity of its words: 0 to 1. */
  readonly share: number;
}

/** Whether two stems are one, or one begins the other, as “expir” does “expiry” and “partition” does “partitionwise”. */
function akin(a: string, b: string): boolean {
  return a === b || (Math.min(a.length, b.length) > 3 && (a.startsWith(b) || b.startsWith(a)));
}

/**
 * The sections whose headings hold some of the query, those that hold most of it first; a short heading beats a long one.
 * `rarities`: the stems of the query with how much each tells among headings.
 */
function rankSections({ sections }: Entry, rarities: ReadonlyMap<string, number>): RankedSection[] {
  const words = [...rarities];
  const total = words.reduce((sum, [, rarity]) => sum + rarity, 0);
  return sections
    .map(({ section, stems: own }) => {
      const found = words.filter(([word]) => own.some((other) => akin(word, other)));
      const share = found.reduce((sum, [, rarity]) => sum + rarity, 0) / total;
      return { section, share, order: share - own.length / 500 };
    })
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.order - a.order);
}

/** Up to three sections: by heading and by text together, where a heading with the whole query counts like the best text. */
function joinSections(
  ranked: readonly RankedSection[],
  hits: readonly TextHit[],
  bestText: number,
): HeadSection[] {
  const scores = new Map<string, { section: HeadSection; score: number }>();
  ranked.forEach(({ section, share }, index) => {
    scores.set(section.anchor, { section, score: share - index / 1000 });
  });
  for (const { anchor, text, score } of hits) {
    const before = scores.get(anchor);
    const own = (sectionTextShare * score) / bestText;
    scores.set(anchor, { section: before?.section ?? { anchor, text }, score: (before?.score ?? 0) + own });
  }
  return [...scores.values()]
    .sort((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ section }) => section);
}
