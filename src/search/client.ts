/** What the search page and the dialog share in the browser: loading, asking, drawing. */
import type { Head } from './head.ts';
import { type Answer, type Result, type Searcher, type TextHit, createSearcher } from './search.ts';

/** A piece of the page around the words that full-text search found, as HTML with `<mark>`; Pagefind escapes the text. */
export interface Excerpt {
  readonly html: string;
}

/** Answers queries with the head index, and more fully once Pagefind has been asked too. */
export interface SearchClient {
  /** What the head index knows, at once when it is loaded. `exact`: take the words as typed. */
  first: (query: string, exact: boolean) => Promise<Answer>;
  /** Joined with full text; the same as `first` when full text cannot be had. */
  full: (
    query: string,
    exact: boolean,
  ) => Promise<{ answer: Answer; excerpts: ReadonlyMap<string, Excerpt>; complete: boolean }>;
}

interface PagefindResult {
  readonly score: number;
  readonly data: () => Promise<{ readonly url: string; readonly excerpt: string }>;
}
interface Pagefind {
  readonly options: (options: object) => Promise<void>;
  readonly search: (query: string) => Promise<{ readonly results: readonly PagefindResult[] }>;
}

/** How many full-text results are fetched: enough for the first screen, few enough for a slow line. */
const fetched = 5;

/** A client for the site served below this base path (with a trailing slash). */
export function createSearchClient(base: string): SearchClient {
  let searcher: Promise<Searcher> | undefined;
  const head = () =>
    (searcher ??= fetch(`${base}search-head.json`)
      .then((response) => {
        if (!response.ok) throw new Error(`The search index answered ${response.status}.`);
        return response.json() as Promise<Head>;
      })
      .then(createSearcher)
      .catch((error: unknown) => {
        // The next key tries again: the network may be back, or a new version deployed.
        searcher = undefined;
        throw error;
      }));

  let pagefind: Promise<Pagefind> | undefined;
  const fullText = () =>
    (pagefind ??= (import(/* @vite-ignore */ `${base}pagefind/pagefind.js`) as Promise<Pagefind>)
      .then(async (module) => {
        await module.options({ ranking: { metaWeights: { title: 5 } } });
        return module;
      })
      .catch((error: unknown) => {
        pagefind = undefined;
        throw error;
      }));

  return {
    first: async (query, exact) => (await head()).search(query, { exact }),
    async full(query, exact) {
      const ready = await head();
      const answer = ready.search(query, { exact });
      const excerpts = new Map<string, Excerpt>();
      try {
        const { results } = await (await fullText()).search(answer.corrected ?? query);
        const text: TextHit[] = [];
        for (const { data, score } of results.slice(0, fetched)) {
          const { url, excerpt } = await data();
          const id = url.slice(base.length).replace(/^\/|\/$/g, '');
          text.push({ id, score });
          excerpts.set(id, { html: excerpt });
        }
        return { answer: ready.search(query, { exact, text }), excerpts, complete: true };
      } catch {
        return { answer, excerpts, complete: false };
      }
    },
  };
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A result as a list item: the question, its sections, an excerpt. */
export function drawResult(
  { page, sections }: Result,
  base: string,
  excerpt: Excerpt | undefined,
): HTMLLIElement {
  const address = `${base}${page.id}/`;
  const item = element(
    'li',
    { class: 'hit', 'data-category': page.category },
    element(
      'a',
      { href: address, 'data-site-search-hit': '' },
      element('span', { class: 'number' }, String(page.number)),
      element('span', { class: 'hit-title' }, page.asked),
    ),
  );
  if (excerpt) {
    const text = element('p', { class: 'hit-excerpt' });
    text.innerHTML = excerpt.html;
    item.append(text);
  }
  if (sections.length > 0) {
    const links = sections.map(({ anchor, text }) =>
      element('li', {}, element('a', { href: `${address}#${anchor}` }, text)),
    );
    item.append(element('ul', { class: 'hit-sections' }, ...links));
  }
  return item;
}
