/**
 * `<search-opener>`: its link leads to the search page; with script, a click, `/` or Ctrl/⌘ K opens the search page's box
 * as a dialog over the page instead. Box and styles come from the search page itself, when they are first wanted.
 */
class SearchOpener extends HTMLElement {
  #dialog: Promise<HTMLDialogElement> | undefined;

  connectedCallback() {
    const link = this.querySelector('a');
    if (!link) return;
    const prepare = () => (this.#dialog ??= this.#make(link.href));
    const open = () => {
      prepare().then(
        (dialog) => {
          dialog.showModal();
          dialog.querySelector('input')?.select();
        },
        // Without the network the link still leads to the page, which says what is wrong.
        () => {
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

  async #make(address: string): Promise<HTMLDialogElement> {
    try {
      const [response] = await Promise.all([fetch(address), import('./search-box.ts')]);
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const box = page.querySelector('search-box');
      if (!box) throw new Error('The search page has no search box.');
      box.removeAttribute('address');
      // Ids of the questions' categories may stand on this page already.
      for (const named of box.querySelectorAll('[id]')) named.removeAttribute('id');
      for (const labelled of box.querySelectorAll('[aria-labelledby]'))
        labelled.removeAttribute('aria-labelledby');
      const dialog = document.createElement('dialog');
      dialog.className = 'search-dialog';
      dialog.setAttribute('aria-label', 'Search');
      dialog.setAttribute('closedby', 'any');
      dialog.append(document.importNode(box, true));
      document.body.append(dialog);
      return dialog;
    } catch (error) {
      this.#dialog = undefined;
      throw error;
    }
  }
}

customElements.define('search-opener', SearchOpener);
