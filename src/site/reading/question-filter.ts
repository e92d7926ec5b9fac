import { loadReader } from '#practice/store.ts';
import { type Filter, type Row, filterRows } from './filter.ts';
import './read-marks.ts';

/** `<question-filter>`: its form narrows and orders the list; the address holds the choice, so that it can be shared. */
class QuestionFilter extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector('form');
    const list = this.querySelector('ol');
    if (!form || !list) return;
    const items = new Map(
      [...list.querySelectorAll<HTMLElement>('li[data-number]')].map(
        (item): [string, { row: Row; item: HTMLElement }] => {
          const {
            number = '',
            category = '',
            level = '',
            tags = '',
            minutes = '',
            verified = '',
          } = item.dataset;
          const guide = item.querySelector('a')?.dataset['guide'] ?? '';
          const row = {
            guide,
            number: Number(number),
            category,
            level,
            tags: tags.split(' '),
            minutes: Number(minutes),
            verified,
          };
          return [guide, { row, item }];
        },
      ),
    );
    const show = (filter: Filter) => {
      const read = new Set(Object.keys(loadReader(() => localStorage).read));
      const rows = filterRows(
        [...items.values()].map(({ row }) => row),
        filter,
        read,
      );
      list.replaceChildren(...rows.flatMap(({ guide }) => items.get(guide)?.item ?? []));
      const count = this.querySelector('.filter-count');
      if (count) count.textContent = `${rows.length} ${rows.length === 1 ? 'question' : 'questions'}`;
      this.querySelector('.filter-empty')?.toggleAttribute('hidden', rows.length > 0);
    };
    const chosen = (): Filter =>
      Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''));
    const fromAddress = () => {
      for (const [name, value] of new URLSearchParams(location.search)) {
        const select = form.elements.namedItem(name);
        if (select instanceof HTMLSelectElement)
          select.value = [...select.options].some((o) => o.value === value) ? value : '';
      }
      show(chosen());
    };
    form.addEventListener('change', () => {
      const filter = chosen();
      const query = new URLSearchParams(filter).toString();
      history.replaceState(history.state, '', query ? `?${query}` : location.pathname);
      show(filter);
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
    });
    form.addEventListener('reset', () => {
      history.replaceState(history.state, '', location.pathname);
      show({});
    });
    fromAddress();
  }
}

customElements.define('question-filter', QuestionFilter);
