import { changeReader, loadReader, markRead } from '#practice/store.ts';

const storage = () => localStorage;

/** Marks, in every list of questions on the page, those that the reader can answer, and says how many of all it is. */
function showMarks() {
  const { read } = loadReader(storage);
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-guide]')) {
    link.classList.toggle('is-read', (link.dataset['guide'] ?? '') in read);
  }
  for (const mark of document.querySelectorAll('[data-read-note]')) {
    mark.textContent =
      (mark.closest<HTMLElement>('[data-guide]')?.dataset['guide'] ?? '') in read ? ' (answered)' : '';
  }
  const tally = document.querySelector<HTMLElement>('[data-answered]');
  if (!tally) return;
  const count = (selector: string) => document.querySelectorAll(`.question-list ${selector}`).length;
  const answered = count('.is-read');
  tally.textContent = `${answered} of ${count('[data-guide]')} answered`;
  tally.hidden = answered === 0;
}

/** How long the message stays, in milliseconds. */
const spoken = 8000;

/**
 * `<read-mark guide="category/slug">`: its button marks the guide as one that the reader can answer, or takes the mark
 * back. Its message is shown below the bar at the top, since the key `r` presses the button from anywhere.
 */
class ReadMark extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector('button');
    const guide = this.getAttribute('guide') ?? '';
    if (!button) return;
    const update = () => {
      button.setAttribute('aria-pressed', String(guide in loadReader(storage).read));
      showMarks();
    };
    const note = this.querySelector('[role=status]');
    let silence: ReturnType<typeof setTimeout> | undefined;
    const say = (text: string) => {
      clearTimeout(silence);
      if (note) note.textContent = text;
      if (text) silence = setTimeout(say, spoken, '');
    };
    button.addEventListener('click', ({ detail }) => {
      const kept = changeReader(storage, (reader) =>
        markRead(reader, guide, guide in reader.read ? undefined : new Date().toISOString()),
      );
      update();
      const done =
        guide in loadReader(storage).read ? 'Marked as answered.' : 'No longer marked as answered.';
      // A press of a key counts as a click without a pointer.
      const undo = detail === 0 ? ' Press r to undo.' : '';
      say(kept ? done + undo : 'Your browser keeps nothing for this site, so the mark cannot be kept.');
    });
    button.disabled = false;
    update();
  }
}

customElements.define('read-mark', ReadMark);
showMarks();
// A page that the browser brings back whole may be older than the marks.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) showMarks();
});
