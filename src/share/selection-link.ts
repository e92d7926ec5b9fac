import { copy } from './copy.ts';
import { textDirective } from './text-directive.ts';

/** The part of the page whose text may be quoted. */
const quotable = '.guide';

/** The address of the page that leads to a quotation in the section where it begins. */
function addressOf(selection: Selection): string | undefined {
  const directive = textDirective(selection.toString());
  return directive && `${location.origin}${location.pathname}#${directive}`;
}

/**
 * Offers “copy link to this” beside selected text. The button follows the selection's end, takes no focus, and goes when
 * the selection does; with the keyboard, select with Shift and the arrows, then press Tab's next stop or `l`.
 */
const button = document.createElement('button');
button.type = 'button';
button.className = 'selection-link';
button.dataset['key'] = 'l';
button.hidden = true;

function place() {
  const selection = getSelection();
  const range = selection && selection.rangeCount > 0 ? selection.getRangeAt(0) : undefined;
  const inText = range?.commonAncestorContainer.parentElement?.closest(quotable);
  if (!selection || selection.isCollapsed || !range || !inText || selection.toString().trim().length < 3) {
    button.hidden = true;
    return;
  }
  const { bottom, right } = [...range.getClientRects()].at(-1) ?? range.getBoundingClientRect();
  button.textContent = 'Copy link to this';
  button.hidden = false;
  const width = button.offsetWidth;
  button.style.insetBlockStart = `${bottom + scrollY + 6}px`;
  button.style.insetInlineStart = `${Math.max(8, Math.min(right + scrollX - width / 2, innerWidth - width - 8))}px`;
}

// Pressing the button must not take the selection away before its click.
button.addEventListener('pointerdown', (event) => {
  event.preventDefault();
});
button.addEventListener('click', () => {
  const selection = getSelection();
  const address = selection && addressOf(selection);
  if (!address) return;
  void copy(address).then((done) => {
    button.textContent = done ? 'Copied' : 'The browser did not allow copying';
  });
});
if (document.querySelector(quotable)) {
  document.body.append(button);
  let waiting: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener('selectionchange', () => {
    clearTimeout(waiting);
    waiting = setTimeout(place, 200);
  });
}
