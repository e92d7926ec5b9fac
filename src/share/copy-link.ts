import { copy } from './copy.ts';

// A link to a place on the page leads there, and copies its full address as well.
document.addEventListener('click', (event) => {
  const link =
    event.target instanceof Element
      ? event.target.closest<HTMLAnchorElement>('a[data-copy-link], a.sl-anchor-link')
      : null;
  if (!link || event.metaKey || event.ctrlKey) return;
  void copy(link.href).then((done) => {
    if (!done) return;
    link.classList.add('is-copied');
    setTimeout(() => {
      link.classList.remove('is-copied');
    }, 1500);
  });
});
