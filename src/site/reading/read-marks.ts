import { changeReader, loadReader, markRead } from '#practice/store.ts';

const storage = () => localStorage;

/** Marks, in every list of questions on the page, those that were read. */
function showMarks() {
  const { read } = loadReader(storage);
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-guide]')) {
    link.classList.toggle('is-read', (link.dataset['guide'] ?? '') in read);
  }
  for (const mark of document.querySelectorAll('[data-read-note]')) {
    mark.textContent =
      (mark.closest<HTMLElement>('[data-guide]')?.dataset['guide'] ?? '') in read ? ' (read)' : '';
  }
}

/** `<read-mark guide="category/slug">`: its button marks the guide as read, or takes the mark back. */
class ReadMark extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector('button');
    const guide = this.getAttribute('guide') ?? '';
    if (!button) return;
    const update = () => {
      button.setAttribute('aria-pressed', String(guide in loadReader(storage).read));
      showMarks();
    };
    button.addEventListener('click', () => {
      const kept = changeReader(storage, (reader) =>
        markRead(reader, guide, guide in reader.read ? undefined : new Date().toISOString()),
      );
      update();
      const note = this.querySelector('[role=status]');
      if (note)
        note.textContent = kept
          ? ''
          : 'Your browser keeps nothing for this site, so the mark cannot be kept.';
    });
    button.disabled = false;
    update();
  }
}

customElements.define('read-mark', ReadMark);
showMarks();
