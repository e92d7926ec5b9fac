/**
 * Keeps what is typed from now on, until the box that it is meant for is there; the keys of the page would take it for
 * theirs. Gives how to end it, which gives the text.
 */
function keepTyping(): () => string {
  let text = '';
  const keep = (event: KeyboardEvent) => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || (key.length !== 1 && key !== 'Backspace')) return;
    text = key === 'Backspace' ? text.slice(0, -1) : text + key;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  addEventListener('keydown', keep, { capture: true });
  return () => {
    removeEventListener('keydown', keep, { capture: true });
    return text;
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
    const prepare = () => (this.#dialog ??= this.#make());
    let opening = false;
    const open = () => {
      if (opening || document.querySelector('.search-dialog[open]')) return;
      opening = true;
      const typed = keepTyping();
      prepare().then(
        (dialog) => {
          opening = false;
          dialog.showModal();
          const input = dialog.querySelector('input');
          input?.select();
          const text = typed();
          if (!input || text === '') return;
          input.value = text;
          input.dispatchEvent(new Event('input'));
        },
        // Without the network the link still leads to the page, which says what is wrong.
        () => {
          opening = false;
          typed();
          location.assign(link.href);
        },
      );
    };
    for (const intent of ['pointerenter', 'focus'])
      link.addEventListener(intent, () => void prepare().catch(() => undefined));
    link.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || document.querySelector('search-box[address]'))
        return;
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
