/**
 * Keys for readers with a keyboard; `?` shows them. Elements say which key presses them by `data-key`, so that a key
 * and its button cannot drift apart.
 */
addEventListener('keydown', (event) => {
  const from = event.target instanceof Element ? event.target : document.body;
  if (
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    from.closest('input, textarea, select, dialog, [contenteditable]')
  )
    return;
  const target = [...document.querySelectorAll<HTMLElement>('[data-key]')].find(
    (element) => element.dataset['key'] === event.key && element.checkVisibility(),
  );
  if (target) {
    event.preventDefault();
    target.click();
  } else if (event.key === '?') {
    event.preventDefault();
    document.querySelector<HTMLDialogElement>('dialog#shortcuts')?.showModal();
  }
});
