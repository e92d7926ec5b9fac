import { loadReader } from '#practice/store.ts';

/** `<continue-reading base="/">`: leads back to the section that was read last, when the browser remembers one. */
class ContinueReading extends HTMLElement {
  connectedCallback() {
    const { place } = loadReader(() => localStorage);
    const link = this.querySelector('a');
    // The question's own words stand in the list below; a guide that is no longer there leaves nothing to lead to.
    const asked = document
      .querySelector(`a[data-guide="${CSS.escape(place?.guide ?? '')}"] .asked`)
      ?.textContent.trim();
    if (!place || !link || !asked) return;
    link.href = `${this.getAttribute('base') ?? '/'}${place.guide}/#${place.anchor}`;
    link.textContent = `${place.heading}: ${asked}`;
    this.hidden = false;
  }
}

customElements.define('continue-reading', ContinueReading);
