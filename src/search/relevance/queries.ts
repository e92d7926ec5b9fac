/** The queries that search is held to, and how well a search answers them. */
import { readFileSync } from 'node:fs';

/** The sets of queries. */
const sets = ['tune', 'probe', 'held'] as const;

/** A query with the pages that answer it. */
export interface Query {
  /**
   * `tune`: on which ranking was tuned, word by word; `probe`: written by people who did not know the search, and looked at
   * since, so that what it misses can be mended; `held`: written likewise and not looked at, so that it measures.
   */
  readonly set: (typeof sets)[number];
  /** What kind of query it is: abbreviation, code, identifier, keyword, question, section, typo. */
  readonly kind: string;
  readonly text: string;
  /** Ids of the pages that answer it, any of them. */
  readonly pages: readonly string[];
  /** For queries of the kind `section`: the anchors that answer it, any of them. */
  readonly anchors: readonly string[];
}

/**
 * Reads `queries.tsv`.
 * @param file the name for messages
 * @throws Error naming file and line when a row is not whole
 */
export function parseQueries(text: string, file: string): Query[] {
  return text.split('\n').flatMap((row, index) => {
    if (row.trim() === '' || row.startsWith('#')) return [];
    const [name, kind, query, pages, anchors = ''] = row.split('\t');
    const set = sets.find((known) => known === name);
    if (!set || !kind || !query || !pages || (kind === 'section') !== (anchors !== '')) {
      throw new Error(
        `${file}:${index + 1}: a row is set (${sets.join(', ')}), kind, query, pages and, for the kind section, anchors, with tabs between.`,
      );
    }
    return [{ set, kind, text: query, pages: pages.split(','), anchors: anchors.split(',').filter(Boolean) }];
  });
}

/** A generator of numbers from 0 up to `below`, the same for the same seed (Park and Miller's minimal standard). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** A word with one mistake as fingers make it: two letters swapped, one left out, one doubled, one replaced. */
function mistyped(word: string, pick: (below: number) => number): string {
  const at = 1 + pick(word.length - 2);
  const [before, letter, after] = [word.slice(0, at), word.charAt(at), word.slice(at + 1)];
  switch (pick(4)) {
    case 0:
      return before + after.charAt(0) + letter + after.slice(1);
    case 1:
      return before + after;
    case 2:
      return before + letter + letter + after;
    default:
      return before + 'aeiorstln'.charAt(pick(9)) + after;
  }
}

/** One mistyped query for each keyword query that has a word of five letters or more, made by machine from a seed. */
export function mistypedQueries(queries: readonly Query[], seed: number): Query[] {
  const pick = numbers(seed);
  return queries
    .filter(({ kind }) => kind === 'keyword')
    .flatMap((query) => {
      const words = query.text.split(' ');
      const long = words
        .map((word, index) => ({ word, index }))
        .filter(({ word }) => /^[a-z]{5,}$/i.test(word));
      const chosen = long[pick(Math.max(1, long.length))];
      if (!chosen) return [];
      words[chosen.index] = mistyped(chosen.word, pick);
      const text = words.join(' ');
      return text === query.text ? [] : [{ ...query, kind: 'typo', text }];
    });
}

const file = 'src/search/relevance/queries.tsv';

/** Every query, with those that are mistyped by machine, that can be judged: one whose answering guides are all published. */
export function readQueries(published: (id: string) => boolean): Query[] {
  const given = parseQueries(readFileSync(file, 'utf8'), file);
  return [...given, ...mistypedQueries(given, 7)].filter(({ pages }) => pages.every(published));
}

/** A page that a search gave, with the anchor of its first section when it names one. */
export interface Found {
  readonly id: string;
  readonly anchor?: string | undefined;
}

/** A query and what a search found for it, the best first. */
export interface Answered {
  readonly query: Query;
  readonly found: readonly Found[];
}

/** How a search did on some queries. Shares are from 0 to 1. */
export interface Score {
  readonly queries: number;
  /** A right page stood first. */
  readonly first: number;
  /** A right page stood among the first three. */
  readonly three: number;
  /** Mean of 1 / the right page's place, 0 when it was not found. */
  readonly reciprocal: number;
  /** Nothing was found. */
  readonly zero: number;
  /** Of the queries with anchors: a right page stood first and its first section was right; undefined without such queries. */
  readonly section: number | undefined;
}

/** Whether the first page and its first section answer a query with anchors. */
export function sectionRight(query: Query, found: readonly Found[]): boolean {
  const [best] = found;
  return best !== undefined && query.pages.includes(best.id) && query.anchors.includes(best.anchor ?? '');
}

/** The queries whose first page, or whose first section, was not right, each in a line with what was wanted; those of the set `held` stay unseen. */
export function misses(answers: readonly Answered[]): { pages: string[]; sections: string[] } {
  const named = ({ query: { set, kind, text }, found }: Answered) =>
    `${set} ${kind} “${text}” → ${found.slice(0, 3).map(({ id }) => id).join(', ') || 'nothing'}`; // prettier-ignore
  const seen = answers.filter(({ query }) => query.set !== 'held');
  const wrong = ({ query, found }: Answered) => !query.pages.includes(found[0]?.id ?? '');
  const astray = ({ query, found }: Answered) => query.anchors.length > 0 && !sectionRight(query, found);
  return {
    pages: seen.filter(wrong).map((one) => `${named(one)}; wanted ${one.query.pages.join(' or ')}`),
    sections: seen
      .filter((one) => astray(one) && !wrong(one))
      .map(
        (one) => `${named(one)}#${one.found[0]?.anchor ?? ''}; wanted #${one.query.anchors.join(' or #')}`,
      ),
  };
}

/** Scores a search. */
export function score(answers: readonly Answered[]): Score {
  const places = answers.map(({ query, found }) => found.findIndex(({ id }) => query.pages.includes(id)));
  const share = (some: readonly unknown[], of: readonly unknown[]) =>
    of.length === 0 ? 0 : some.length / of.length;
  const withAnchors = answers.filter(({ query }) => query.anchors.length > 0);
  return {
    queries: answers.length,
    first: share(
      places.filter((place) => place === 0),
      places,
    ),
    three: share(
      places.filter((place) => place >= 0 && place < 3),
      places,
    ),
    reciprocal:
      places.reduce((sum, place) => sum + (place < 0 ? 0 : 1 / (place + 1)), 0) / (places.length || 1),
    zero: share(
      answers.filter(({ found }) => found.length === 0),
      answers,
    ),
    section:
      withAnchors.length === 0
        ? undefined
        : share(
            withAnchors.filter(({ query, found }) => sectionRight(query, found)),
            withAnchors,
          ),
  };
}
