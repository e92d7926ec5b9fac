import { adoptStyles } from '#site/adopt-styles.ts';
import { element } from '#site/element.ts';
import './search-box.ts';
import styles from './search.css?inline';

adoptStyles(styles);

const keys = [
  ['↑ ↓', 'choose'],
  ['Enter', 'open'],
  ['Ctrl/⌘ Enter', 'in a new tab'],
] as const;

/** The dialog over a page that holds a search box, added to the page and closed. `base`: where the site is, with a trailing slash. */
export function createSearchDialog(base: string): HTMLDialogElement {
  const box = element('search-box', { base, class: 'not-content' });
  const dialog = element(
    'dialog',
    { class: 'search-dialog', 'aria-label': 'Search', closedby: 'any' },
    box,
    element(
      'form',
      { method: 'dialog', class: 'search-close' },
      element('button', { type: 'submit', class: 'quiet-button' }, 'Close'),
      element(
        'p',
        { class: 'search-keys' },
        ...keys.map(([key, does]) => element('span', {}, element('kbd', {}, key), ` ${does}`)),
      ),
    ),
  );
  dialog.addEventListener('close', () => {
    box.rest();
  });
  document.body.append(dialog);
  return dialog;
}
