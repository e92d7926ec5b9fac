import { changeReader, forgetSearches, loadReader, rememberSearch } from '#practice/store.ts';
import { type Excerpts, type SearchClient, createSearchClient } from './client.ts';
import { element } from '#site/element.ts';
import { drawAll, drawResult } from './draw.ts';
import type { Answer } from './search.ts';

const storage = () => localStorage;
/** How many results are drawn at each key; the others follow with full text, after a pause in typing. */
const firstDrawn = 6;
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
      if (
        this.#input.value === '' &&
        document.activeElement === document.body &&
        matchMedia('(pointer: fine)').matches
      )
        this.#input.focus({ preventScroll: true });
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
    const category = this.#categoryInAddress();
    if (head.categories.some(({ slug }) => slug === category)) {
      this.#category.value = category;
      void this.#ask();
    }
  }

  #listen() {
    this.#input.addEventListener('input', () => {
      this.#exact = false;
      this.rest();
      void this.#ask();
    });
    this.#category.addEventListener('change', () => void this.#ask());
    this.addEventListener('keydown', (event) => {
      this.#walk(event);
    });
    this.addEventListener('submit', (event) => {
      event.preventDefault();
      const option = this.#active() ?? this.#options()[0];
      this.#hurried =
        option === undefined && this.hasAttribute('searching') && !this.hasAttribute('complete');
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

  #categoryInAddress(): string {
    return (this.hasAttribute('address') && new URLSearchParams(location.search).get('category')) || '';
  }

  /** The category that is chosen; that of the address until the list is there. */
  #chosenCategory(): string {
    return this.#filled ? this.#category.value : this.#categoryInAddress();
  }

  #fromAddress() {
    const query = new URLSearchParams(location.search);
    this.#input.value = query.get('q') ?? '';
    if (this.#filled) this.#category.value = this.#categoryInAddress();
    if (this.#category.selectedIndex < 0) this.#category.value = '';
    this.#exact = query.has('exact');
    void this.#ask();
  }

  /** Asks for the words of an address that leads nowhere. */
  #fromPath() {
    let path = location.pathname.slice(this.#base.length);
    try {
      path = decodeURIComponent(path);
    } catch {
      // Where it is not well encoded, the words of it are looked for, not the signs.
      path = path.replaceAll(/%.{0,2}/g, ' ');
    }
    this.#input.value = path.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();
    void this.#ask();
  }

  #toAddress(query: string) {
    const url = new URL(location.href);
    for (const [name, value] of [
      ['q', query],
      ['category', this.#chosenCategory()],
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

  /** Drops what is chosen, and an Enter that still waits: for new words, and when the dialog closes. */
  rest() {
    this.#hurried = false;
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
    this.#hurried = false;
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
    const drawn = last ? results : results.slice(0, firstDrawn);
    this.#hits.replaceChildren(...drawn.map((result) => drawResult(result, this.#base, excerpts, option)));
    this.#hits.hidden = results.length === 0;
    this.#input.setAttribute('aria-expanded', String(results.length > 0));
    // What was chosen stays chosen when full text adds to the list.
    this.#choose(this.#options().find((one) => placeOf(one) === chosen));
    // Before full text has been asked, a word that it holds may pass for a typing mistake, and a page for no result.
    if (last) this.toggleAttribute('weak', answer.weak || results.length < 3);

    const pages = (count: number) => `${count} ${count === 1 ? 'page' : 'pages'}`;
    const button = (mark: string, text: string) =>
      element('button', { type: 'button', class: 'as-typed', [mark]: '' }, text);
    const said: (Node | string)[] = [];
    if (results.length > 0)
      said.push(
        pages(results.length),
        last && answer.weak ? ' that may come near; all questions stand below' : '',
      );
    else if (!last) said.push('Searching …');
    else if (answer.results.length > 0)
      said.push(
        'Nothing found in this category. ',
        button('data-everywhere', `Show ${pages(answer.results.length)} from the others`),
      );
    else said.push('Nothing found; all questions stand below');
    said.push(note);
    if (last && answer.corrected !== undefined)
      said.push(
        `. Showing results for “${answer.corrected}”. `,
        button('data-as-typed', `Search instead for “${this.#input.value.trim()}”`),
      );
    this.#say(...said);
    if (this.#hurried && (results.length > 0 || last)) {
      this.#hurried = false;
      this.#follow(this.#options()[0], false);
    }
  }

  /** Of the questions below, those of the category when nothing was asked; all of them under weak results. */
  #filterAll(asked: boolean) {
    const category = asked ? '' : this.#chosenCategory();
    for (const group of this.#all.querySelectorAll<HTMLElement>('.question-group'))
      group.hidden = category !== '' && group.dataset['category'] !== category;
  }

  async #ask() {
    const query = this.#input.value;
    const asked = query.trim();
    const turn = (this.#asked += 1);
    if (this.hasAttribute('address')) this.#toAddress(asked);
    this.toggleAttribute('searching', asked !== '');
    this.removeAttribute('complete');
    this.#filterAll(asked !== '');
    if (asked === '') {
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
        ...(complete ? {} : { note: ' (a part of search could not be loaded, so places may be missing)' }),
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
