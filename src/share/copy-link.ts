import { copy } from './copy.ts';

async function copyLink(link: HTMLAnchorElement): Promise<void> {
  if (!(await copy(link.href))) return;
  link.classList.add('is-copied');
  setTimeout(() => {
    link.classList.remove('is-copied');
  }, 1500);
}

// A link to a place on the page leads there, and copies its full address as well; one that is there to be shared opens
// the ways to share it instead.
document.addEventListener('click', (event) => {
  const link =
    event.target instanceof Element
      ? event.target.closest<HTMLAnchorElement>('a[data-copy-link], a.sl-anchor-link')
      : null;
  if (!link || event.metaKey || event.ctrlKey) return;
  if (!link.matches('.share-place')) {
    void copyLink(link);
    return;
  }
  event.preventDefault();
  import('./share-dialog.ts').then(
    ({ openShareDialog }) => {
      openShareDialog(link);
    },
    // Without the network the link itself can still be copied.
    () => copyLink(link),
  );
});
