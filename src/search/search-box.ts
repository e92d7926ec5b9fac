import { createSearchClient, drawResult } from './client.ts';
import type { Answer } from './search.ts';

/**
 * `<search-box base="/">`: an input and its results, on the search page and in the dialog. With `address` the query
 * stands in the page's address. Up and down walk the results, Enter follows one, and what is typed is answered from the
 * head index at once and from full text a moment later.
 */
class SearchBox extends HTMLElement {
  #client = createSearchClient(this.getAttribute('base') ?? '/');
  #asked = 0;
  #exact = false;

  connectedCallback() {
    const input = this.querySelector('input');
    if (!input) return;
    const ask = () => void this.#ask(input.value);
    input.addEventListener('input', () => {
      this.#exact = false;
      ask();
    });
    // The indexes load when the reader shows the intent to search, not with the page.
    input.addEventListener('focus', () => void this.#client.first('', false).catch(() => undefined), {
      once: true,
    });
    this.addEventListener('submit', (event) => {
      event.preventDefault();
      const first = this.querySelector<HTMLAnchorElement>('[data-site-search-hit]');
      if (first && input.value.trim()) location.assign(first.href);
    });
    this.addEventListener('keydown', (event) => {
      this.#walk(event, input);
    });
    this.addEventListener('click', (event) => {
      if (event.target instanceof Element && event.target.closest('[data-as-typed]')) {
        this.#exact = true;
        ask();
        input.focus();
      }
    });
    this.addEventListener('change', (event) => {
      if (event.target instanceof HTMLSelectElement) ask();
    });
    if (this.hasAttribute('address')) {
      const fromAddress = () => {
        const query = new URLSearchParams(location.search);
        input.value = query.get('q') ?? '';
        const category = this.querySelector('select');
        if (category) category.value = query.get('category') ?? '';
        ask();
      };
      addEventListener('popstate', fromAddress);
      fromAddress();
    }
  }

  #walk(event: KeyboardEvent, input: HTMLInputElement) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const stops: HTMLElement[] = [input, ...this.querySelectorAll<HTMLElement>('.hits a')];
    const here = stops.indexOf(document.activeElement as HTMLElement);
    if (here < 0) return;
    event.preventDefault();
    stops[(here + (event.key === 'ArrowDown' ? 1 : stops.length - 1)) % stops.length]?.focus();
  }

  async #ask(query: string) {
    const turn = (this.#asked += 1);
    const category = this.querySelector('select')?.value ?? '';
    if (this.hasAttribute('address')) {
      const url = new URL(location.href);
      for (const [name, value] of [
        ['q', query.trim()],
        ['category', category],
      ] as const) {
        if (value) url.searchParams.set(name, value);
        else url.searchParams.delete(name);
      }
      if (url.href !== location.href) history.replaceState(history.state, '', url);
    }
    const list = this.querySelector('.hits');
    const status = this.querySelector('[role=status]');
    if (!list || !status) return;
    this.toggleAttribute('searching', query.trim() !== '');
    if (query.trim() === '') {
      list.replaceChildren();
      status.textContent = '';
      return;
    }
    const draw = (answer: Answer, excerpts: ReadonlyMap<string, { html: string }>, note: string) => {
      const results = answer.results.filter(({ page }) => !category || page.category === category);
      const base = this.getAttribute('base') ?? '/';
      list.replaceChildren(
        ...results.map((result) => drawResult(result, base, excerpts.get(result.page.id))),
      );
      const count =
        results.length === 0
          ? 'Nothing found; all questions stand below.'
          : `${results.length} ${results.length === 1 ? 'page' : 'pages'}`;
      status.replaceChildren(`${count}${note}`);
      if (answer.corrected !== undefined) {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'as-typed';
        button.dataset['asTyped'] = '';
        button.textContent = `Search instead for “${query.trim()}”`;
        status.append(`. Showing results for “${answer.corrected}”. `, button);
      }
      this.toggleAttribute('nothing', results.length === 0);
    };
    try {
      const first = await this.#client.first(query, this.#exact);
      if (turn !== this.#asked) return;
      draw(first, new Map(), '');
      // Full text waits for a pause in typing.
      await new Promise((resolve) => setTimeout(resolve, 120));
      if (turn !== this.#asked) return;
      const { answer, excerpts, complete } = await this.#client.full(query, this.#exact);
      if (turn !== this.#asked) return;
      draw(
        answer,
        excerpts,
        complete ? '' : ' (titles and headings only: the full text could not be loaded)',
      );
    } catch {
      if (turn !== this.#asked) return;
      status.textContent =
        'Search could not be loaded. Check the connection and type again, or choose from the questions below.';
      this.toggleAttribute('nothing', true);
    }
  }
}

customElements.define('search-box', SearchBox);
