import { copy } from './copy.ts';

async function copyLink(link: HTMLAnchorElement): Promise<void> {
  if (!(await copy(link.href))) return;
  link.classList.add('is-copied');
  setTimeout(() => {
    link.classList.remove('is-copied');
  }, 1500);
}

/** The text of the answer that a link stands in, block by block, without the marks that lead to sources. */
function answerText(link: HTMLAnchorElement): string {
  return [...(link.closest('.answer')?.children ?? [])]
    .filter((block) => block instanceof HTMLElement && !block.contains(link))
    .map((block) => {
      if (block.localName !== 'p') return (block as HTMLElement).innerText.trim();
      const plain = block.cloneNode(true) as HTMLElement;
      for (const mark of plain.querySelectorAll('.cite, .lab-link, .definition')) mark.remove();
      return plain.textContent.replaceAll(/\s+/g, ' ').trim();
    })
    .join('\n\n');
}

// A link to a place on the page leads there, and copies its full address as well; one that is there to be shared opens
// the ways to share it instead.
document.addEventListener('click', (event) => {
  const link =
    event.target instanceof Element
      ? event.target.closest<HTMLAnchorElement>('a[data-copy-link], a.sl-anchor-link')
      : null;
  if (!link || event.metaKey || event.ctrlKey) return;
  const { shareTitle: title, shareCode: code } = link.dataset;
  if (title === undefined || code === undefined) {
    void copyLink(link);
    return;
  }
  event.preventDefault();
  const url = link.href;
  const summary = `**${title}**\n\n${answerText(link)}\n\n${url}\n`;
  import('./share-dialog.ts').then(
    ({ openShareDialog }) => {
      openShareDialog({ title, url, summary, code });
    },
    // Without the network the link itself can still be copied.
    () => copyLink(link),
  );
});
