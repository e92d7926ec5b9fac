/** The custom element `<step-through>`: walks through steps that already stand in the page. */
import { after, dwell, initial, keys, type Action, type State } from './step-through-state.ts';

class StepThrough extends HTMLElement {
  #steps: readonly HTMLElement[] = [];
  #state: State = initial(0);
  #timer: number | undefined;

  connectedCallback(): void {
    this.#steps = [...this.querySelectorAll<HTMLElement>('[data-step]')];
    this.#state = initial(this.#steps.length);
    this.addEventListener('click', this.#onClick);
    this.addEventListener('keydown', this.#onKey);
    window.addEventListener('beforeprint', this.#onPrint);
    for (const button of this.#buttons()) button.disabled = false;
    this.#draw(false);
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.#timer);
    this.removeEventListener('click', this.#onClick);
    this.removeEventListener('keydown', this.#onKey);
    window.removeEventListener('beforeprint', this.#onPrint);
  }

  readonly #onClick = ({ target }: Event): void => {
    const action =
      target instanceof Element ? target.closest<HTMLElement>('[data-action]')?.dataset['action'] : undefined;
    if (action) this.#do(action as Action);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const action = keys[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#do(action);
  };

  readonly #onPrint = (): void => {
    this.#do('all');
  };

  #buttons(): HTMLButtonElement[] {
    return [...this.querySelectorAll<HTMLButtonElement>('button[data-action]')];
  }

  #do(action: Action): void {
    this.#state = after(this.#state, action);
    this.#draw(action !== 'tick' || this.#state.at !== 'all');
  }

  /** Draws the state; `moved` says that the reader should be told where they are. */
  #draw(moved: boolean): void {
    const { at, count, playing } = this.#state;
    for (const [index, step] of this.#steps.entries()) {
      const later = at !== 'all' && index > at;
      step.toggleAttribute('data-later', later);
      if (later) step.setAttribute('aria-hidden', 'true');
      else step.removeAttribute('aria-hidden');
      if (index === at) step.setAttribute('aria-current', 'step');
      else step.removeAttribute('aria-current');
    }
    this.toggleAttribute('data-walking', at !== 'all');
    const place = at === 'all' ? `${count} steps` : `Step ${at + 1} of ${count}`;
    const shown = this.querySelector('[data-place]');
    if (shown) shown.textContent = place;
    for (const button of this.#buttons()) {
      const { action } = button.dataset;
      if (action === 'previous') button.setAttribute('aria-disabled', String(at === 0));
      if (action === 'next') button.setAttribute('aria-disabled', String(at === count - 1));
      if (action === 'all') button.setAttribute('aria-disabled', String(at === 'all'));
      if (action === 'play') {
        button.setAttribute('aria-pressed', String(playing));
        const word = playing ? 'Pause' : 'Play';
        if (button.textContent !== word) button.textContent = word;
      }
    }
    window.clearTimeout(this.#timer);
    const current = at === 'all' ? undefined : this.#steps[at];
    const text = current?.textContent.replaceAll(/\s+/g, ' ').trim() ?? '';
    if (playing) this.#timer = window.setTimeout(() => { this.#do('tick'); }, dwell(text)); // prettier-ignore
    if (!moved) return;
    const status = this.querySelector('[role=status]');
    if (status) status.textContent = current ? `${place}. ${text}` : `All ${count} steps are shown.`;
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    current?.scrollIntoView({ block: 'nearest', behavior: calm ? 'auto' : 'smooth' });
  }
}

customElements.define('step-through', StepThrough);
