/**
 * Keeps what is typed from now on, until the box that it is meant for is there; the keys of the page would take it for
 * theirs. Gives how to end it, which gives the text, and whether Enter came after it.
 */
function keepTyping(): () => { text: string; entered: boolean } {
  let text = '';
  let entered = false;
  const keep = (event: KeyboardEvent) => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key.length !== 1 && key !== 'Backspace' && key !== 'Enter') return;
    entered = key === 'Enter';
    if (!entered) text = key === 'Backspace' ? text.slice(0, -1) : text + key;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  addEventListener('keydown', keep, { capture: true });
  return () => {
    removeEventListener('keydown', keep, { capture: true });
    return { text, entered };
  };
}

/**
 * `<search-opener>`: its link leads to the search page; with script, a click, `/` or Ctrl/⌘ K opens the search box
 * in a dialog over the page instead. The box is fetched when it is first wanted.
 */
class SearchOpener extends HTMLElement {
  #dialog: Promise<HTMLDialogElement> | undefined;

  connectedCallback() {
    const link = this.querySelector('a');
    if (!link) return;
    // A page with a box of its own needs no second one.
    const own = document.querySelector('main search-box');
    const prepare = () => (this.#dialog ??= this.#make());
    let opening = false;
    const open = () => {
      if (opening || document.querySelector('dialog[open]')) return;
      if (own) {
        const input = own.querySelector('input');
        input?.focus();
        input?.select();
        return;
      }
      opening = true;
      const typed = keepTyping();
      prepare().then(
        (dialog) => {
          opening = false;
          dialog.showModal();
          const input = dialog.querySelector('input');
          input?.select();
          const { text, entered } = typed();
          if (!input || text === '') return;
          input.value = text;
          input.dispatchEvent(new Event('input', { bubbles: true }));
          if (entered) input.form?.requestSubmit();
        },
        () => {
          opening = false;
          typed();
          // The search page says what is wrong, but a reader without a network must not lose this one for it.
          if (navigator.onLine) location.assign(link.href);
          else alert('Search needs the network the first time. This page stays as it is.');
        },
      );
    };
    if (!own)
      for (const intent of ['pointerenter', 'focus'])
        link.addEventListener(intent, () => void prepare().catch(() => undefined));
    link.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
    addEventListener('keydown', (event) => {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        open();
      }
    });
  }

  async #make(): Promise<HTMLDialogElement> {
    try {
      const { createSearchDialog } = await import('./search-dialog.ts');
      return createSearchDialog(this.getAttribute('base') ?? '/');
    } catch (error) {
      this.#dialog = undefined;
      throw error;
    }
  }
}

customElements.define('search-opener', SearchOpener);
