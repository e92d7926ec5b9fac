import { type Depth, changeReader, isDepth, loadReader } from '#practice/store.ts';

const root = document.documentElement;
const storage = () => localStorage;

/** The depth that the page shows now. */
function shown(): Depth {
  const depth = root.dataset['depth'];
  return isDepth(depth) ? depth : 'full';
}

/** Shows this much of the guide; `keep` also remembers it and puts it into the address. */
function show(depth: Depth, keep: boolean) {
  root.dataset['depth'] = depth;
  for (const link of document.querySelectorAll<HTMLAnchorElement>('depth-switch a')) {
    if (link.dataset['depth'] === depth) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
  if (keep) remember(depth);
  // The questions before and after open as deep as this one, also where the reader's own choice is another.
  const query = depth === 'full' && loadReader(storage).depth === 'full' ? '' : `?depth=${depth}`;
  for (const link of document.querySelectorAll<HTMLAnchorElement>('.around a')) link.search = query;
}

/** Remembers the depth as the reader's choice, and puts it into the address. */
function remember(depth: Depth) {
  const url = new URL(location.href);
  url.hash = '';
  if (depth === 'full') url.searchParams.delete('depth');
  else url.searchParams.set('depth', depth);
  history.replaceState(history.state, '', url);
  changeReader(storage, (reader) => ({ ...reader, depth }));
}

/** Shows the whole guide when an address leads into a part that the depth hides, and brings that part into view. */
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target || shown() === 'full') return;
  const part = target.closest('[data-part]');
  if (part && !part.checkVisibility()) {
    show('full', false);
    target.scrollIntoView();
  }
}

/** `<depth-switch>`: its links, which lead to the parts without script, choose how much of the guide is shown. */
class DepthSwitch extends HTMLElement {
  connectedCallback() {
    this.addEventListener('click', (event) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      const depth = link?.dataset['depth'];
      if (!isDepth(depth) || event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      show(depth, true);
    });
    addEventListener('hashchange', reveal);
    show(shown(), false);
    reveal();
  }
}

customElements.define('depth-switch', DepthSwitch);
