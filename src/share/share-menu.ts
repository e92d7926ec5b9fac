import { copy } from './copy.ts';

/** `<share-menu>`: shows the ways to share that this browser has, and says what was done. */
class ShareMenu extends HTMLElement {
  connectedCallback() {
    const { title = '', url: published = '' } = this.dataset;
    // A copy of the site, such as a preview, shares its own address, as the links to places on the page do.
    const url =
      published && new URL(new URL(published).pathname + new URL(published).hash, location.href).href;
    const here = (text = '') => text.replaceAll(published, () => url);
    const summary = here(this.dataset['summary']);
    const say = (text: string) => {
      const status = this.querySelector('[role=status]');
      if (status) status.textContent = text;
    };
    const copied = async (text: string) => {
      say(
        (await copy(text))
          ? 'Copied.'
          : 'The browser did not allow copying; the address is in its address bar.',
      );
    };
    const on = (selector: string, available: boolean, act: (button: HTMLElement) => Promise<void>) => {
      for (const button of this.querySelectorAll<HTMLElement>(selector)) {
        button.hidden = !available;
        button.addEventListener('click', () => void act(button));
      }
    };
    on('[data-share]', 'share' in navigator, async () => {
      // A share sheet that is closed again is no error.
      await navigator.share({ title, url }).catch(() => undefined);
    });
    on('[data-copy]', true, (button) => copied(button.dataset['copy'] === 'summary' ? summary : url));
    on('[data-report]', true, (button) => {
      const quotation = getSelection()
        ?.toString()
        .trim()
        .replaceAll(/\s*\n\s*/g, ' ');
      return copied(here(button.dataset['report']).replace('{quotation}', () => quotation ?? ''));
    });
    on('[data-copy-page]', true, async () => {
      try {
        const page = this.querySelector<HTMLAnchorElement>('a[href$="index.md"]');
        const response = await fetch(new URL(page?.href ?? '').pathname);
        if (!response.ok) throw new Error(String(response.status));
        await copied(await response.text());
      } catch {
        say('The page could not be fetched. Check the connection and try again.');
      }
    });
  }
}

customElements.define('share-menu', ShareMenu);
