import { changeReader } from '#practice/store.ts';

/**
 * `<section-list guide="category/slug">`: marks the section being read in the list of sections, and remembers it as the
 * place to come back to.
 */
class SectionList extends HTMLElement {
  connectedCallback() {
    const links = new Map(
      [...this.querySelectorAll('a')].map((link) => [decodeURIComponent(link.hash.slice(1)), link]),
    );
    const headings = [...links.keys()].flatMap((id) => document.getElementById(id) ?? []);
    let current: string | undefined;
    let remember: ReturnType<typeof setTimeout> | undefined;
    const update = () => {
      // The last heading above the upper third of the screen is the one being read.
      const line = innerHeight / 3;
      const id = headings.findLast(
        (heading) => heading.checkVisibility() && heading.getBoundingClientRect().top < line,
      )?.id;
      if (id === current) return;
      current = id;
      for (const [anchor, link] of links) {
        if (anchor === id) link.setAttribute('aria-current', 'true');
        else link.removeAttribute('aria-current');
      }
      clearTimeout(remember);
      if (id === undefined) return;
      remember = setTimeout(() => {
        const place = {
          guide: this.getAttribute('guide') ?? '',
          anchor: id,
          heading: document.getElementById(id)?.textContent.trim() ?? '',
          at: new Date().toISOString(),
        };
        changeReader(
          () => localStorage,
          (reader) => ({ ...reader, place }),
        );
      }, 2000);
    };
    let waiting = false;
    addEventListener(
      'scroll',
      () => {
        if (waiting) return;
        waiting = true;
        requestAnimationFrame(() => {
          waiting = false;
          update();
        });
      },
      { passive: true },
    );
    update();
  }
}

customElements.define('section-list', SectionList);
