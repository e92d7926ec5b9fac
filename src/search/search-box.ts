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
  /** Enter was pressed before there was anything to follow. */
  #hurried = false;
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
  #all = element('div', { class: 'search-all' });
  /** Whether the categories are in the list, and the questions below. */
  #filled = false;
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
    this.#all = this.querySelector<HTMLDivElement>('.search-all') ?? this.#all;
    const form = element(
      'form',
      { class: 'search-form', role: 'search', action: `${this.#base}search/` },
      this.#input,
      this.#category,
      element('button', { type: 'submit', class: 'visually-hidden', tabindex: '-1' }, 'Go to the result'),
    );
    this.#hits.hidden = true;
    this.prepend(form, this.#status, this.#recent, this.#hits);
    this.append(element('h2', { class: 'search-all-title' }, 'All questions'), this.#all);
    this.#listen();
    this.#showRecent();
    if (this.hasAttribute('address')) {
      addEventListener('popstate', () => {
        this.#fromAddress();
      });
      this.#fromAddress();
      // Not on a phone, whose keyboard would cover the questions.
      if (this.#input.value === '' && matchMedia('(pointer: fine)').matches) this.#input.focus();
    }
    if (this.hasAttribute('from-path')) this.#fromPath();
    const waiting = setTimeout(() => {
      if (!this.#filled) this.#say('Loading …');
    }, 400);
    this.#fill()
      .catch(() => {
        this.#failed();
      })
      .finally(() => {
        clearTimeout(waiting);
      });
  }

  /** Puts the categories into the list, and the questions below where the page has not brought them. Once the head index is there. */
  async #fill() {
    const head = await this.#client.prepare();
    if (this.#filled) return;
    this.#filled = true;
    if (this.#input.value.trim() === '') this.#say('');
    for (const { slug, title } of head.categories)
      this.#category.append(element('option', { value: slug }, title));
    if (!this.#all.querySelector('.question-group')) this.#all.replaceChildren(...drawAll(head, this.#base));
    if (this.hasAttribute('address') && new URLSearchParams(location.search).has('category'))
      this.#fromAddress();
  }

  #listen() {
    this.#input.addEventListener('input', () => {
      this.#exact = false;
      this.#hurried = false;
      this.forgetChoice();
      void this.#ask();
    });
    this.#category.addEventListener('change', () => void this.#ask());
    this.addEventListener('keydown', (event) => {
      this.#walk(event);
    });
    this.addEventListener('submit', (event) => {
      event.preventDefault();
      const option = this.#active() ?? this.#options()[0];
      this.#hurried = option === undefined && !this.hasAttribute('complete');
      this.#follow(option, false);
    });
    this.addEventListener('click', (event) => {
      const target = event.target instanceof Element ? event.target : this;
      const recent = target.closest<HTMLElement>('[data-recent]');
      const option = target.closest<HTMLAnchorElement>('a[role=option]');
      if (option) {
        this.#remember();
        if (!event.ctrlKey && !event.metaKey && !event.shiftKey) this.#uncover(option);
      }
      if (target.closest('[data-as-typed]')) {
        this.#exact = true;
        void this.#ask();
        this.#input.focus();
      } else if (target.closest('[data-everywhere]')) {
        this.#category.value = '';
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
    this.#exact = query.has('exact');
    void this.#ask();
  }

  /** Asks for the words of an address that leads nowhere. */
  #fromPath() {
    // As it stands where it is not well encoded: the words of it are looked for, not the signs.
    let path = location.pathname.slice(this.#base.length);
    try {
      path = decodeURIComponent(path);
    } catch {
      path = path.replaceAll(/%\w*/g, ' ');
    }
    this.#input.value = path.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();
    void this.#ask();
  }

  #toAddress(query: string) {
    const url = new URL(location.href);
    for (const [name, value] of [
      ['q', query],
      // Until the categories have loaded, the list cannot hold the one that the address names.
      ['category', this.#filled ? this.#category.value : url.searchParams.get('category')],
      ['exact', this.#exact ? '1' : ''],
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

  /** Leaves what is chosen among the results, as when the box is opened anew. */
  forgetChoice() {
    this.#choose(undefined);
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
    // While a word is composed, the keys choose among its spellings.
    if (event.target !== this.#input || event.isComposing) return;
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
    if (next === 0) this.#input.scrollIntoView({ block: 'nearest' });
  }

  /** Closes the dialog over the page that an option leads to, or its place would be looked for below the dialog. */
  #uncover(option: HTMLAnchorElement) {
    if (option.pathname === location.pathname) this.closest('dialog')?.close();
  }

  #follow(option: HTMLAnchorElement | undefined, newTab: boolean) {
    if (!option || this.#input.value.trim() === '') return;
    this.#remember();
    if (newTab) {
      window.open(option.href, '_blank', 'noopener');
    } else {
      this.#uncover(option);
      location.assign(option.href);
    }
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

  /** Says something below the input; what stands there already is not said again. */
  #say(...parts: (Node | string)[]) {
    const text = parts.map((part) => (typeof part === 'string' ? part : part.textContent)).join('');
    if (text !== this.#status.textContent) this.#status.replaceChildren(...parts);
  }

  #failed() {
    this.#say(
      'Search could not be loaded. Check the connection and type again, or choose from the questions below.',
    );
    if (this.#all.childElementCount === 0)
      this.#all.append(element('a', { href: `${this.#base}questions/` }, 'All questions on one page'));
    this.toggleAttribute('weak', true);
  }

  /** `last`: nothing more will come for this query. */
  #draw(answer: Answer, excerpts: Excerpts, { last, note = '' }: { last: boolean; note?: string }) {
    const category = this.#category.value;
    const results = answer.results.filter(({ page }) => !category || page.category === category);
    const placeOf = ({ href }: HTMLAnchorElement) => href.replace(/:~:.*/, '');
    const active = this.#active();
    const chosen = active && placeOf(active);
    let options = 0;
    const option = () => `${this.#name}-option-${(options += 1)}`;
    this.#hits.replaceChildren(...results.map((result) => drawResult(result, this.#base, excerpts, option)));
    this.#hits.hidden = results.length === 0;
    this.#input.setAttribute('aria-expanded', String(results.length > 0));
    // What was chosen stays chosen when full text adds to the list.
    this.#choose(this.#options().find((one) => placeOf(one) === chosen));
    this.toggleAttribute('weak', answer.weak || results.length < 3);

    const pages = (count: number) => `${count} ${count === 1 ? 'page' : 'pages'}`;
    if (results.length === 0 && !last) {
      this.#say('Searching …');
    } else if (results.length === 0 && answer.results.length > 0) {
      this.#say(
        'Nothing found in this category. ',
        element(
          'button',
          { type: 'button', class: 'as-typed', 'data-everywhere': '' },
          `Show ${pages(answer.results.length)} from the others`,
        ),
      );
    } else {
      const count = results.length > 0 ? pages(results.length) : 'Nothing found; all questions stand below.';
      const nearest =
        answer.weak && results.length > 0 ? ' that may come near; all questions stand below' : '';
      // Before full text has been asked, a word that it holds may pass for a typing mistake.
      const corrected = last ? answer.corrected : undefined;
      this.#say(
        count + nearest + note + (corrected === undefined ? '' : `. Showing results for “${corrected}”. `),
        ...(corrected === undefined
          ? []
          : [
              element(
                'button',
                { type: 'button', class: 'as-typed', 'data-as-typed': '' },
                `Search instead for “${this.#input.value.trim()}”`,
              ),
            ]),
      );
    }
    if (this.#hurried && (results.length > 0 || last)) {
      this.#hurried = false;
      this.#follow(this.#options()[0], false);
    }
  }

  /** Of the questions below, those of the category when nothing was asked; all of them under weak results. */
  #filterAll(asked: boolean) {
    const category = asked ? '' : this.#category.value;
    for (const group of this.#all.querySelectorAll<HTMLElement>('.question-group'))
      group.hidden = category !== '' && group.dataset['category'] !== category;
  }

  async #ask() {
    const query = this.#input.value;
    const turn = (this.#asked += 1);
    if (this.hasAttribute('address')) this.#toAddress(query.trim());
    this.toggleAttribute('searching', query.trim() !== '');
    this.removeAttribute('complete');
    this.#filterAll(query.trim() !== '');
    if (query.trim() === '') {
      this.#hits.replaceChildren();
      this.#hits.hidden = true;
      this.#input.setAttribute('aria-expanded', 'false');
      this.#choose(undefined);
      this.#say('');
      this.#showRecent();
      return;
    }
    this.#recent.hidden = true;
    try {
      const first = await this.#client.first(query, this.#exact);
      await this.#fill();
      if (turn !== this.#asked) return;
      this.#draw(first, new Map(), { last: false });
      // Full text waits for a pause in typing.
      await new Promise((resolve) => setTimeout(resolve, 120));
      if (turn !== this.#asked) return;
      const { answer, excerpts, complete } = await this.#client.full(query, this.#exact);
      if (turn !== this.#asked) return;
      this.toggleAttribute('complete', true);
      this.#draw(answer, excerpts, {
        last: true,
        ...(complete ? {} : { note: ' (titles and headings only: the full text could not be loaded)' }),
      });
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
