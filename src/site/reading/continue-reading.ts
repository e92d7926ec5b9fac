import { loadReader } from '#practice/store.ts';

/** `<continue-reading base="/">`: leads back to the section that was read last, when the browser remembers
 * one in a guide that is not marked as answered. */
class ContinueReading extends HTMLElement {
  connectedCallback() {
    const { place, read } = loadReader(() => localStorage);
    const link = this.querySelector('a');
    // The question's own words stand in the list below; a guide that is no longer there leaves nothing to lead to.
    const asked = document
      .querySelector(`a[data-guide="${CSS.escape(place?.guide ?? '')}"] .asked`)
      ?.textContent.trim();
    // Nor is one that the reader can answer by now a place to go on.
    if (!place || !link || !asked || place.guide in read) return;
    link.href = `${this.getAttribute('base') ?? '/'}${place.guide}/#${place.anchor}`;
    link.textContent = `${place.heading}: ${asked}`;
    this.hidden = false;
  }
}

customElements.define('continue-reading', ContinueReading);
