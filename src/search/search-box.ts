import { changeReader, forgetSearches, loadReader, rememberSearch } from '#practice/store.ts';
import { type Excerpts, type SearchClient, createSearchClient } from './client.ts';
import { element } from '#site/element.ts';
import { drawAll, drawResult } from './draw.ts';
import type { Answer } from './search.ts';

const storage = () => localStorage;
/** Ids of list and options; boxes on one page must not share them. */
let boxes = 0;

/**
 * `<search-box base="/">`: an input and its results, on the search page and in the dialog. With `address` the query
 * stands in the page's address; with `from-path` the page's path is the first query. A combobox (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/): up and down choose
 * among the results while the input keeps the focus, Enter follows, Ctrl/⌘ Enter opens a new tab. What is typed is
 * answered from the head index at once and from full text a moment later.
 */
class SearchBox extends HTMLElement {
  #name = `search-${(boxes += 1)}`;
  // Read when first wanted: an element that script makes has its attributes only after it was constructed.
  #madeClient: SearchClient | undefined;
  #asked = 0;
  #exact = false;
  #input = element('input', {
    type: 'search',
    name: 'q',
    placeholder: 'write skew, 40001, setImmediate …',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    maxlength: '200',
    role: 'combobox',
    'aria-label': 'Search',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': `${this.#name}-hits`,
    'data-site-search-input': '',
  });
  #category = element(
    'select',
    { name: 'category', 'aria-label': 'Category' },
    element('option', { value: '' }, 'All categories'),
  );
  #status = element('p', { class: 'search-status', role: 'status' });
  #recent = element('p', { class: 'recent-searches' });
  #hits = element('ol', {
    class: 'hits',
    id: `${this.#name}-hits`,
    role: 'listbox',
    'aria-label': 'Results',
    'data-search-results': '',
  });

  get #base(): string {
    return this.getAttribute('base') ?? '/';
  }

  get #client(): SearchClient {
    return (this.#madeClient ??= createSearchClient(this.#base));
  }

  connectedCallback() {
    const all = this.querySelector('.search-all') ?? element('div', { class: 'search-all' });
    const form = element(
      'form',
      { class: 'search-form', role: 'search', action: `${this.#base}search/` },
      this.#input,
      this.#category,
      element('button', { type: 'submit', class: 'visually-hidden', tabindex: '-1' }, 'Go to the result'),
    );
    this.#hits.hidden = true;
    this.prepend(form, this.#status, this.#recent, this.#hits);
    this.append(element('h2', { class: 'search-all-title' }, 'All questions'), all);

    this.#client.prepare().then(
      (head) => {
        for (const { slug, title } of head.categories)
          this.#category.append(element('option', { value: slug }, title));
        if (all.childElementCount === 0) all.append(...drawAll(head, this.#base));
        if (this.hasAttribute('address')) this.#fromAddress();
        if (this.hasAttribute('from-path')) this.#fromPath();
      },
      () => {
        this.#failed();
      },
    );
    this.#listen();
    this.#showRecent();
    if (this.hasAttribute('address')) {
      addEventListener('popstate', () => {
        this.#fromAddress();
      });
      this.#fromAddress();
    }
  }

  #listen() {
    this.#input.addEventListener('input', () => {
      this.#exact = false;
      void this.#ask();
    });
    this.#category.addEventListener('change', () => void this.#ask());
    this.addEventListener('keydown', (event) => {
      this.#walk(event);
    });
    this.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#follow(this.#active() ?? this.#options()[0], false);
    });
    this.addEventListener('click', (event) => {
      const target = event.target instanceof Element ? event.target : this;
      const recent = target.closest<HTMLElement>('[data-recent]');
      if (target.closest('[role=option]')) this.#remember();
      if (target.closest('[data-as-typed]')) {
        this.#exact = true;
        void this.#ask();
        this.#input.focus();
      } else if (recent) {
        this.#input.value = recent.dataset['recent'] ?? '';
        void this.#ask();
        this.#input.focus();
      } else if (target.closest('[data-forget]')) {
        changeReader(storage, forgetSearches);
        this.#showRecent();
        this.#input.focus();
      }
    });
  }

  #fromAddress() {
    const query = new URLSearchParams(location.search);
    this.#input.value = query.get('q') ?? '';
    this.#category.value = query.get('category') ?? '';
    void this.#ask();
  }

  /** Asks for the words of an address that leads nowhere. */
  #fromPath() {
    const path = decodeURIComponent(location.pathname.slice(this.#base.length));
    this.#input.value = path.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();
    void this.#ask();
  }

  #toAddress(query: string) {
    const url = new URL(location.href);
    for (const [name, value] of [
      ['q', query],
      // Until the categories have loaded, the list cannot hold the one that the address names.
      ['category', this.#category.length > 1 ? this.#category.value : url.searchParams.get('category')],
    ] as const) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    if (url.href !== location.href) history.replaceState(history.state, '', url);
  }

  #options(): HTMLAnchorElement[] {
    return [...this.#hits.querySelectorAll<HTMLAnchorElement>('[role=option]')];
  }

  #active(): HTMLAnchorElement | undefined {
    return this.#options().find((option) => option.ariaSelected === 'true');
  }

  #choose(option: HTMLAnchorElement | undefined) {
    for (const other of this.#options()) other.ariaSelected = String(other === option);
    if (option) {
      this.#input.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    } else {
      this.#input.removeAttribute('aria-activedescendant');
    }
  }

  #walk(event: KeyboardEvent) {
    if (event.target !== this.#input) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#follow(this.#active() ?? this.#options()[0], true);
      return;
    }
    const dialog = this.closest('dialog');
    if (event.key === 'Escape' && dialog) {
      // The browser would only clear the input; in the dialog the key closes it.
      event.preventDefault();
      dialog.close();
      return;
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const options = this.#options();
    if (options.length === 0) return;
    event.preventDefault();
    // Before the first and after the last stands the input itself.
    const here = options.findIndex((option) => option.ariaSelected === 'true') + 1;
    const stops = options.length + 1;
    const next = (here + (event.key === 'ArrowDown' ? 1 : stops - 1)) % stops;
    this.#choose(options[next - 1]);
  }

  #follow(option: HTMLAnchorElement | undefined, newTab: boolean) {
    if (!option || this.#input.value.trim() === '') return;
    this.#remember();
    if (newTab) window.open(option.href, '_blank', 'noopener');
    else location.assign(option.href);
  }

  #remember() {
    const query = this.#input.value.trim();
    if (query !== '') changeReader(storage, (reader) => rememberSearch(reader, query));
  }

  #showRecent() {
    const searches = loadReader(storage).searches ?? [];
    this.#recent.hidden = searches.length === 0 || this.#input.value.trim() !== '';
    this.#recent.replaceChildren(
      'You searched for ',
      ...searches.map((query) =>
        element('button', { type: 'button', class: 'recent', 'data-recent': query }, query),
      ),
      element('button', { type: 'button', class: 'as-typed', 'data-forget': '' }, 'Forget these'),
    );
  }

  #failed() {
    this.#status.textContent =
      'Search could not be loaded. Check the connection and type again, or choose from the questions below.';
    this.toggleAttribute('weak', true);
  }

  #draw(answer: Answer, excerpts: Excerpts, note: string) {
    const category = this.#category.value;
    const results = answer.results.filter(({ page }) => !category || page.category === category);
    const chosen = this.#active()?.href;
    let options = 0;
    const option = () => `${this.#name}-option-${(options += 1)}`;
    this.#hits.replaceChildren(...results.map((result) => drawResult(result, this.#base, excerpts, option)));
    this.#hits.hidden = results.length === 0;
    this.#input.setAttribute('aria-expanded', String(results.length > 0));
    // What was chosen stays chosen when full text adds to the list.
    this.#choose(this.#options().find(({ href }) => href === chosen));

    const count =
      results.length > 0
        ? `${results.length} ${results.length === 1 ? 'page' : 'pages'}`
        : category
          ? 'Nothing found in this category; all questions stand below.'
          : 'Nothing found; all questions stand below.';
    const nearest = answer.weak && results.length > 0 ? ' that may come near; all questions stand below' : '';
    this.#status.replaceChildren(count + nearest + note);
    if (answer.corrected !== undefined) {
      this.#status.append(
        `. Showing results for “${answer.corrected}”. `,
        element(
          'button',
          { type: 'button', class: 'as-typed', 'data-as-typed': '' },
          `Search instead for “${this.#input.value.trim()}”`,
        ),
      );
    }
    this.toggleAttribute('weak', answer.weak || results.length < 3);
  }

  async #ask() {
    const query = this.#input.value;
    const turn = (this.#asked += 1);
    if (this.hasAttribute('address')) this.#toAddress(query.trim());
    this.toggleAttribute('searching', query.trim() !== '');
    this.removeAttribute('complete');
    if (query.trim() === '') {
      this.#hits.replaceChildren();
      this.#hits.hidden = true;
      this.#input.setAttribute('aria-expanded', 'false');
      this.#choose(undefined);
      this.#status.textContent = '';
      this.#showRecent();
      return;
    }
    this.#recent.hidden = true;
    try {
      const first = await this.#client.first(query, this.#exact);
      if (turn !== this.#asked) return;
      this.#draw(first, new Map(), '');
      // Full text waits for a pause in typing.
      await new Promise((resolve) => setTimeout(resolve, 120));
      if (turn !== this.#asked) return;
      const { answer, excerpts, complete } = await this.#client.full(query, this.#exact);
      if (turn !== this.#asked) return;
      this.#draw(
        answer,
        excerpts,
        complete ? '' : ' (titles and headings only: the full text could not be loaded)',
      );
      this.toggleAttribute('complete', true);
    } catch {
      if (turn === this.#asked) this.#failed();
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'search-box': SearchBox;
  }
}

customElements.define('search-box', SearchBox);
