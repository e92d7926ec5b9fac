import { copy } from './copy.ts';
import { textDirective } from './text-directive.ts';

/** The part of the page whose text may be quoted. */
const quotable = '.guide';

/** Places with an address of their own. */
const places = `${quotable} :is(h2, h3, .lab, .failure, .answer, .rubric, .diagram)[id]`;

/** Makes a selection that begins or ends within a word take the whole word: a browser looks for whole words only. */
function takeWholeWords(range: Range): void {
  const within = (text: string, at: number) => /^[\p{L}\p{N}_]{2}$/u.test(text.slice(at - 1, at + 1));
  let { startOffset, endOffset } = range;
  const { startContainer, endContainer } = range;
  if (startContainer instanceof Text) {
    while (startOffset > 0 && within(startContainer.data, startOffset)) startOffset -= 1;
    range.setStart(startContainer, startOffset);
  }
  if (endContainer instanceof Text) {
    while (within(endContainer.data, endOffset)) endOffset += 1;
    range.setEnd(endContainer, endOffset);
  }
}

/** The address that leads to a quotation, and where a browser does not find it, to the place in which it begins. */
function addressOf(selection: Selection): string | undefined {
  const range = selection.getRangeAt(0);
  takeWholeWords(range);
  const directive = textDirective(selection.toString());
  const place = [...document.querySelectorAll(places)].findLast(
    (one) => one.compareDocumentPosition(range.startContainer) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  return directive && `${location.origin}${location.pathname}#${place?.id ?? ''}${directive}`;
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
