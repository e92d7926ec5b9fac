/** `<theme-select>`: its button switches the theme and keeps the choice in `localStorage` under `theme`. */
class ThemeSelect extends HTMLElement {
  connectedCallback() {
    this.querySelector('button')?.addEventListener('click', () => {
      const theme = document.documentElement.dataset['theme'] === 'dark' ? 'light' : 'dark';
      document.documentElement.dataset['theme'] = theme;
      try {
        localStorage.setItem('theme', theme);
      } catch {
        // A browser that keeps nothing still switches for this page.
      }
    });
  }
}

customElements.define('theme-select', ThemeSelect);
