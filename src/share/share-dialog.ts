/** The ways to share one place of a page, in a dialog: what `<share-menu>` offers, and a QR code to scan. */
import { element } from '#site/element.ts';

/** What is shared. */
export interface Place {
  readonly title: string;
  /** The full address. */
  readonly url: string;
  /** Title, short answer and address as Markdown. */
  readonly summary: string;
  /** The address of the picture of the QR code. */
  readonly code: string;
}

let dialog: HTMLDialogElement | undefined;

const button = (attributes: Readonly<Record<string, string>>, text: string) =>
  element('button', { type: 'button', class: 'quiet-button', ...attributes }, text);

/** Opens the dialog for a place; closed, it gives the focus back to what opened it. */
export function openShareDialog({ title, url, summary, code }: Place): void {
  dialog?.remove();
  const menu = document.createElement('share-menu');
  Object.assign(menu.dataset, { title, url, summary });
  menu.append(
    button({ 'data-share': '', hidden: '' }, 'Share …'),
    button({ 'data-copy': 'url' }, 'Copy link'),
    button({ 'data-copy': 'summary' }, 'Copy question and answer'),
    element('span', { role: 'status' }),
  );
  dialog = element(
    'dialog',
    { class: 'share-dialog', 'aria-labelledby': 'share-dialog-title', closedby: 'any' },
    element('h2', { id: 'share-dialog-title' }, 'Share this question'),
    element('p', {}, title),
    menu,
    element('img', { src: code, alt: `QR code of ${url}`, width: '160', height: '160' }),
    element(
      'form',
      { method: 'dialog' },
      element('button', { type: 'submit', class: 'quiet-button' }, 'Close'),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
