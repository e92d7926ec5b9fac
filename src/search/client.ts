/** What the search page and the dialog share in the browser: loading the indexes and asking them. */
import type { Head, MoreSections } from './head.ts';
import { withSections } from './head.ts';
import { type Answer, type Searcher, type TextHit, createSearcher } from './search.ts';

/** A piece of a section around the words that full-text search found. */
export interface Excerpt {
  /** HTML with `<mark>`; Pagefind escapes the text. */
  readonly html: string;
  /** The first marked word with the three that follow it, to find the place again; empty when nothing is marked. */
  readonly phrase: string;
}

/** Excerpts by `page id#anchor`. */
export type Excerpts = ReadonlyMap<string, Excerpt>;

/** Answers queries with the head index, and more fully once Pagefind has been asked too. */
export interface SearchClient {
  /** Loads what the first results need. */
  prepare: () => Promise<Head>;
  /** What the head index knows, at once when it is loaded. `exact`: take the words as typed. */
  first: (query: string, exact: boolean) => Promise<Answer>;
  /** Joined with full text; the same as `first` when full text cannot be had. */
  full: (query: string, exact: boolean) => Promise<{ answer: Answer; excerpts: Excerpts; complete: boolean }>;
}

interface PagefindResult {
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
const fetched = 8;

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

/** The first marked word of an excerpt and the three after it, as plain text. */
function phraseOf(html: string): string {
  const [, marked = ''] = /<mark>(.*)$/s.exec(html) ?? [];
  const text = new DOMParser().parseFromString(marked, 'text/html').body.textContent;
  return text.split(/\s+/).slice(0, 4).join(' ').trim();
}

/** A client for the site served below this base path (with a trailing slash). */
export function createSearchClient(base: string): SearchClient {
  const head = once(() => json<Head>(`${base}search-head.json`));
  const fromHead = once(async () => createSearcher((await head.get()).pages));
  let whole: Searcher | undefined;
  const fromAll = once(async () => {
    const [known, more] = await Promise.all([head.get(), json<MoreSections>(`${base}search-sections.json`)]);
    whole = createSearcher(withSections(known.pages, more));
    return whole;
  });

  let loads = 0;
  const pagefind = once(async () => {
    // A module that failed to load is remembered as failed under its address, so the next try takes another.
    loads += 1;
    const again = loads > 1 ? `?load=${loads}` : '';
    const module = (await import(/* @vite-ignore */ `${base}pagefind/pagefind.js${again}`)) as Pagefind;
    await module.options({ ranking: { metaWeights: { title: 5 } }, noWorker: true });
    return module;
  });

  const textHits = async (query: string) => {
    const { results } = await (await pagefind.get()).search(query);
    const hits: TextHit[] = [];
    const excerpts = new Map<string, Excerpt>();
    const found = await Promise.all(
      results.slice(0, fetched).map(async ({ score, data }) => ({ score, data: await data() })),
    );
    for (const { score, data } of found) {
      const [page = '', anchor = ''] = data.url.slice(base.length).split('#');
      const id = page.replace(/^\/|\/$/g, '');
      hits.push({ id, anchor, text: data.meta['title'] ?? '', score });
      excerpts.set(`${id}#${anchor}`, { html: data.excerpt, phrase: phraseOf(data.excerpt) });
    }
    return { hits, excerpts };
  };

  return {
    prepare: () => {
      void fromAll.get().catch(() => undefined);
      return head.get();
    },
    first: async (query, exact) => (whole ?? (await fromHead.get())).search(query, { exact }),
    async full(query, exact) {
      const searcher = await fromAll.get().catch(() => fromHead.get());
      const answer = searcher.search(query, { exact });
      const asked = answer.corrected ?? query;
      try {
        const { hits, excerpts } = await textHits(asked).catch(() => {
          // After a deployment the loaded index may name files that are gone: load the new one, and ask once more.
          pagefind.forget();
          return textHits(asked);
        });
        return { answer: searcher.search(query, { exact, text: hits }), excerpts, complete: true };
      } catch {
        return { answer, excerpts: new Map(), complete: false };
      }
    },
  };
}
