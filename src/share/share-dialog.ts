/** The ways to share one follow-up, in a dialog: what `<share-menu>` offers, and a QR code to scan. */
import { href } from '#site/address.ts';
import { element } from '#site/element.ts';

let dialog: HTMLDialogElement | undefined;

const button = (attributes: Readonly<Record<string, string>>, text: string) =>
  element('button', { type: 'button', class: 'quiet-button', ...attributes }, text);

/** The address of the picture of the QR code, as `src/pages/qr/` makes it. */
function codeAddress({ pathname, hash }: HTMLAnchorElement): string {
  const guide = pathname.slice(href('/').length).replace(/\/$/, '');
  return href(`/qr/${guide}/${hash.slice(1)}.svg`);
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

/**
 * Opens the dialog; closed, it gives the focus back to what opened it.
 * @param link a follow-up's own link, within its answer
 */
export function openShareDialog(link: HTMLAnchorElement): void {
  const url = link.href;
  const title = link.closest('details')?.querySelector('summary')?.textContent.trim() ?? '';
  const menu = document.createElement('share-menu');
  Object.assign(menu.dataset, { title, url, summary: `**${title}**\n\n${answerText(link)}\n\n${url}\n` });
  menu.append(
    button({ 'data-share': '', hidden: '' }, 'Share …'),
    button({ 'data-copy': 'url' }, 'Copy link'),
    button({ 'data-copy': 'summary' }, 'Copy question and answer'),
    element('span', { role: 'status' }),
  );
  dialog?.remove();
  dialog = element(
    'dialog',
    { class: 'share-dialog', 'aria-labelledby': 'share-dialog-title', closedby: 'any' },
    element('h2', { id: 'share-dialog-title' }, 'Share this question'),
    element('p', {}, title),
    menu,
    element('img', { src: codeAddress(link), alt: `QR code of ${url}`, width: '160', height: '160' }),
    element(
      'form',
      { method: 'dialog' },
      element('button', { type: 'submit', class: 'quiet-button' }, 'Close'),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
