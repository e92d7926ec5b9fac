/** What the search page and the dialog share in the browser: loading the indexes and asking them. */
import { type Excerpt, marksOf, phraseOf } from './excerpt.ts';
import {
  type Head,
  type HeadDocument,
  type MoreSections,
  expansionsIn,
  unpackHead,
  withSections,
} from './head.ts';
import { type Answer, type Searcher, type TextHit, createSearcher } from './search.ts';
import { spelled, stem } from './words.ts';

/** Excerpts by `page id#anchor`. */
export type Excerpts = ReadonlyMap<string, Excerpt>;

/** Answers queries with the head index, and more fully once Pagefind has been asked too. */
export interface SearchClient {
  /** Loads what the first results need. */
  prepare: () => Promise<Head>;
  /** What the head index knows, at once when it is loaded. `exact`: take the words as typed. */
  first: (query: string, exact: boolean) => Promise<Answer>;
  /** Joined with full text; `complete` is false when a part of the indexes could not be had, and the rest answers. */
  full: (query: string, exact: boolean) => Promise<{ answer: Answer; excerpts: Excerpts; complete: boolean }>;
}

interface PagefindResult {
  /** The same for the same section in every search. */
  readonly id: string;
  readonly score: number;
  readonly data: () => Promise<{
    readonly url: string;
    readonly excerpt: string;
    readonly meta: Readonly<Record<string, string>>;
  }>;
}
interface Pagefind {
  readonly options: (options: object) => Promise<void>;
  readonly search: (query: string) => Promise<{ readonly results: readonly PagefindResult[] }>;
}

/** How many sections' texts are fetched for a query, each a paragraph: enough for the first screen, few enough for a slow line. */
const fetched = 6;
/** Of a long question, how many words are asked for one by one. */
const mostWords = 8;
/** About how many sections there are: the measure of a word's rarity. */
const sectionsInAll = 1000;
/** How many sections of each word count; behind them a common word stands only in passing. */
const considered = 40;
/** How much of a word's weight a section gets for holding it at all; the rest goes by how well. */
const presence = 0.4;
/** What a section with every word counts, beside the rarity of single words. */
const wholeWeight = 4;

/** A value that is made once, and made again by the next who asks when making it failed. */
function once<Value>(make: () => Promise<Value>): { get: () => Promise<Value>; forget: () => void } {
  let made: Promise<Value> | undefined;
  const forget = () => {
    made = undefined;
  };
  return {
    forget,
    get: () =>
      (made ??= make().catch((error: unknown) => {
        forget();
        throw error;
      })),
  };
}

async function json<Value>(address: string): Promise<Value> {
  // Asks the server whether its copy is newer: after a deployment a cached index would lead to what is gone.
  const response = await fetch(address, { cache: 'no-cache' });
  if (!response.ok) throw new Error(`${address} answered ${response.status}.`);
  return response.json() as Promise<Value>;
}

/**
 * Whether an excerpt marks one of the words, or at least its first half: for a word that stands nowhere, Pagefind answers
 * with the longest beginning that does, down to a single letter.
 */
function answers(html: string, words: readonly string[]): boolean {
  const marks = marksOf(html);
  return words.some((word) => {
    const half = word.slice(0, Math.max(3, Math.ceil(word.length / 2)));
    return marks.some((marked) => marked.includes(half));
  });
}

/** A client for the site served below this base path (with a trailing slash). */
export function createSearchClient(base: string): SearchClient {
  const head = once(async () => unpackHead(await json<HeadDocument>(`${base}search-head.json`)));
  const fromHead = once(async () => createSearcher((await head.get()).pages));
  let whole: Searcher | undefined;
  const fromAll = once(async () => {
    const [known, more] = await Promise.all([head.get(), json<MoreSections>(`${base}search-sections.json`)]);
    whole = createSearcher(withSections(known.pages, more), expansionsIn(more));
    return whole;
  });

  /** The entry of the full-text index, which names its files: another text after a deployment. */
  const entry = async () =>
    (await fetch(`${base}pagefind/pagefind-entry.json`, { cache: 'no-cache' })).text();
  let loadedEntry: string | undefined;
  let loads = 0;
  const pagefind = once(async () => {
    // A module that failed to load is remembered as failed under its address, so the next try takes another.
    loads += 1;
    loadedEntry = await entry();
    const again = loads > 1 ? `?load=${loads}` : '';
    const module = (await import(/* @vite-ignore */ `${base}pagefind/pagefind.js${again}`)) as Pagefind;
    await module.options({
      basePath: `${base}pagefind/`,
      baseUrl: base,
      ranking: { metaWeights: { title: 5 } },
      excerptEllipsis: '…',
      noWorker: true,
    });
    return module;
  });

  /**
   * The sections whose text holds the query. Pagefind wants every word in one section, so each word is asked for as
   * well, and a section counts by the rarity of the words it holds.
   */
  const textHits = async (query: string, words: readonly string[]) => {
    const { search } = await pagefind.get();
    const asked = [...new Set(words.map(spelled))].slice(0, mostWords);
    // Without the words that stand everywhere: each would fetch a part of the index for nothing. Only in a phrase do they count.
    const together = query.includes('"') ? query : asked.join(' ');
    const [whole, ...single] = await Promise.all([together, ...(asked.length > 1 ? asked : [])].map(search));
    const sections = new Map<string, { result: PagefindResult; score: number }>();
    const add = (results: readonly PagefindResult[], weight: number) => {
      const top = results[0]?.score ?? 1;
      for (const result of results.slice(0, considered)) {
        const before = sections.get(result.id)?.score ?? 0;
        const share = presence + (1 - presence) * (result.score / top);
        sections.set(result.id, { result, score: before + weight * share });
      }
    };
    for (const { results } of single) add(results, Math.log(1 + sectionsInAll / (1 + results.length)));
    add(whole?.results ?? [], wholeWeight);

    const chosen = [...sections.values()].sort((a, b) => b.score - a.score).slice(0, fetched);
    const hits: TextHit[] = [];
    const excerpts = new Map<string, Excerpt>();
    const found = await Promise.all(
      chosen.map(async ({ result, score }) => ({ score, data: await result.data() })),
    );
    for (const { score, data } of found) {
      if (!answers(data.excerpt, asked)) continue;
      const [page = '', anchor = ''] = data.url.slice(base.length).split('#');
      const id = page.replace(/^\/|\/$/g, '');
      hits.push({ id, anchor, text: data.meta['title'] ?? '', score });
      excerpts.set(`${id}#${anchor}`, { html: data.excerpt, phrase: phraseOf(data.excerpt) });
    }
    return { hits, excerpts };
  };

  /** Those of the words that stand in the text just as they are typed, so that they are no typing mistakes. */
  const standing = async (words: readonly string[]): Promise<ReadonlySet<string>> => {
    if (words.length === 0) return new Set();
    const { search } = await pagefind.get();
    const stands = async (word: string) => {
      const [first] = (await search(word)).results;
      const marks = first ? marksOf((await first.data()).excerpt) : [];
      return marks.some((marked) => marked.includes(word) || stem(marked) === stem(word));
    };
    const found = await Promise.all(words.map(stands));
    return new Set(words.filter((_, index) => found[index]));
  };

  return {
    prepare: () => head.get(),
    async first(query, exact) {
      const answer = (whole ?? (await fromHead.get())).search(query, { exact });
      // Only now, so that it does not take the line from what the first results need.
      void fromAll.get().catch(() => undefined);
      return answer;
    },
    async full(query, exact) {
      let complete = true;
      const searcher = await fromAll.get().catch(() => {
        complete = false;
        return fromHead.get();
      });
      const ask = async () => {
        const understood = searcher.search(query, { exact });
        const keep = await standing(understood.doubted);
        const { words, corrected } = keep.size > 0 ? searcher.search(query, { keep }) : understood;
        const { hits, excerpts } = await textHits(corrected ?? query, words);
        // Pagefind says nothing when a part of its index is gone; it only finds less.
        if (hits.length === 0 && (await entry()) !== loadedEntry) throw new Error('The index was replaced.');
        return { answer: searcher.search(query, { exact, keep, text: hits }), excerpts, complete };
      };
      try {
        return await ask().catch(() => {
          // After a deployment the loaded index may name files that are gone: load the new one, and ask once more.
          pagefind.forget();
          return ask();
        });
      } catch {
        return { answer: searcher.search(query, { exact }), excerpts: new Map(), complete: false };
      }
    },
  };
}
