import { changeReader, keepStory, loadReader, storyOf } from './store.ts';
import { spokenLength, tellingAt } from './story.ts';

const storage = () => localStorage;

/** `<your-story guide="category/slug">`: keeps what is typed and ticked, says how long it is, and runs the clock of a telling. */
class YourStory extends HTMLElement {
  #ticking: ReturnType<typeof setInterval> | undefined;

  connectedCallback() {
    const guide = this.getAttribute('guide') ?? '';
    const texts = [...this.querySelectorAll('textarea')];
    const points = [...this.querySelectorAll<HTMLInputElement>('input[type=checkbox]')];
    const find = (selector: string) => this.querySelector<HTMLElement>(selector);

    const showLength = () => {
      const { words, time } = spokenLength(texts.map(({ value }) => value));
      const length = find('[data-length]');
      if (length)
        length.textContent =
          words === 0 ? 'Nothing written yet.' : `${words} words, about ${time} minutes to say.`;
    };
    const show = () => {
      const story = storyOf(loadReader(storage), guide);
      for (const text of texts) text.value = story.answers[text.name] ?? '';
      for (const point of points) point.checked = story.met.includes(point.value);
      showLength();
    };
    const keep = () => {
      const answers = Object.fromEntries(
        texts.filter(({ value }) => value.trim() !== '').map(({ name, value }) => [name, value]),
      );
      const met = points.filter(({ checked }) => checked).map(({ value }) => value);
      const kept = changeReader(storage, (reader) => keepStory(reader, guide, { answers, met }));
      const note = find('[data-unkept]');
      const said = kept
        ? ''
        : 'Your browser keeps nothing for this site. Copy your text elsewhere before you leave.';
      if (note && note.textContent !== said) note.textContent = said;
      showLength();
    };
    this.addEventListener('input', keep);
    // Another tab may have written the same story; an open field keeps what is being typed.
    addEventListener('storage', () => {
      if (!this.contains(document.activeElement)) show();
    });
    show();
    this.#clock(find('[data-tell]'), find('[data-stop]'), find('[data-left]'), find('[data-now]'));
  }

  disconnectedCallback() {
    clearInterval(this.#ticking);
  }

  #clock(
    tell: HTMLElement | null,
    stop: HTMLElement | null,
    left: HTMLElement | null,
    now: HTMLElement | null,
  ) {
    if (!tell || !stop || !left || !now) return;
    /** Milliseconds told before the last pause, and when the telling went on. */
    let told = 0;
    let since: number | undefined;
    const elapsed = () => (told + (since === undefined ? 0 : performance.now() - since)) / 1000;
    const show = () => {
      const at = tellingAt(elapsed());
      left.textContent = at.left;
      left.classList.toggle('is-over', at.over);
      const says =
        since === undefined && told === 0 ? '' : (at.now?.title ?? 'Time is over. Land the story.');
      if (now.textContent !== says) now.textContent = says;
      stop.hidden = since === undefined && told === 0;
      tell.textContent = since !== undefined ? 'Pause' : told > 0 ? 'Go on' : 'Tell it in two minutes';
    };
    tell.addEventListener('click', () => {
      if (since === undefined) {
        since = performance.now();
        this.#ticking = setInterval(show, 250);
      } else {
        told += performance.now() - since;
        since = undefined;
        clearInterval(this.#ticking);
      }
      show();
    });
    stop.addEventListener('click', () => {
      told = 0;
      since = undefined;
      clearInterval(this.#ticking);
      show();
      tell.focus();
    });
  }
}

customElements.define('your-story', YourStory);
