import { copy } from '#share/copy.ts';
import { element } from '../element.ts';

// A block that fits needs no stop of the tab key.
const fitting = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute('tabindex', '0');
    else target.removeAttribute('tabindex');
  }
});

for (const block of document.querySelectorAll('figure.code')) {
  const [name, pre] = block.children;
  if (!name || !pre) continue;
  fitting.observe(pre);
  const label = element('span', { 'aria-live': 'polite' }, 'Copy');
  const button = element(
    'button',
    { type: 'button' },
    label,
    element('span', { class: 'visually-hidden' }, ` ${name.textContent}`),
  );
  button.addEventListener('click', () => {
    void copy(pre.textContent).then((copied) => {
      label.textContent = copied ? 'Copied' : 'Could not copy';
      setTimeout(() => {
        label.textContent = 'Copy';
      }, 1500);
    });
  });
  name.append(button);
}
