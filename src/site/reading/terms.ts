/**
 * Shows the definition of a glossary term by the term itself: on hovering with a mouse, on keyboard focus, on a tap or
 * click. Enter follows the link to the glossary, as all links do without script.
 */
const definitionOf = (
  target: EventTarget | null,
): { term: HTMLElement; definition: HTMLElement } | undefined => {
  const term = target instanceof Element ? target.closest<HTMLElement>('a.term') : null;
  const definition = term && document.getElementById(term.dataset['term'] ?? '');
  return term && definition ? { term, definition } : undefined;
};

let waiting: ReturnType<typeof setTimeout> | undefined;
function later(act: () => void) {
  clearTimeout(waiting);
  waiting = setTimeout(act, 200);
}
function show(found: ReturnType<typeof definitionOf>) {
  if (found && !found.definition.matches(':popover-open'))
    found.definition.showPopover({ source: found.term });
}

document.addEventListener('pointerover', (event) => {
  if (event.pointerType !== 'mouse') return;
  const found = definitionOf(event.target);
  const open = document.querySelector<HTMLElement>('.definition:popover-open');
  if (found) {
    later(() => {
      show(found);
    });
  } else if (open && !open.contains(event.target as Node) && !open.contains(document.activeElement)) {
    later(() => {
      open.hidePopover();
    });
  } else {
    clearTimeout(waiting);
  }
});
document.addEventListener('focusin', (event) => {
  if (event.target instanceof Element && event.target.matches(':focus-visible'))
    show(definitionOf(event.target));
});
document.addEventListener('click', (event) => {
  const found = definitionOf(event.target);
  // A click without a pointer comes from the keyboard, where focus has shown the definition already.
  if (!found || event.detail === 0 || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  clearTimeout(waiting);
  show(found);
});
// What Esc has closed must not be opened again by a pointer that still rests on the term.
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') clearTimeout(waiting);
});
