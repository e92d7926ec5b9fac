import { copy } from './copy.ts';

// A link to a place on the page leads there, and copies its full address as well; one that is there to be shared opens
// the device's share sheet where touch is at home.
document.addEventListener('click', (event) => {
  const link =
    event.target instanceof Element
      ? event.target.closest<HTMLAnchorElement>('a[data-copy-link], a.sl-anchor-link')
      : null;
  if (!link || event.metaKey || event.ctrlKey) return;
  const title = link.dataset['shareTitle'];
  if (title !== undefined && 'share' in navigator && matchMedia('(pointer: coarse)').matches) {
    // A share sheet that is closed again is no error.
    void navigator.share({ title, url: link.href }).catch(() => undefined);
    return;
  }
  void copy(link.href).then((done) => {
    if (!done) return;
    link.classList.add('is-copied');
    setTimeout(() => {
      link.classList.remove('is-copied');
    }, 1500);
  });
});
