/** On a phone the button of the list of questions makes room while the reader reads on, and comes back on the way up. */
const button = document.querySelector('.menu-button');
const menu = document.getElementById('site-menu');

/** How far a finger may tremble, in pixels, before it counts as scrolling. */
const tremble = 8;
let before = scrollY;
addEventListener(
  'scroll',
  () => {
    const way = scrollY - before;
    if (Math.abs(way) < tremble) return;
    before = scrollY;
    // A jump, as by a link to a place, is no reading on.
    button?.toggleAttribute('data-away', way > 0 && way < innerHeight);
  },
  { passive: true },
);
// A link to a section of this page loads nothing that would close the list.
menu?.addEventListener('click', ({ target }) => {
  if (target instanceof Element && target.closest('a')?.getAttribute('href')?.startsWith('#'))
    menu.hidePopover();
});
// The list opens at the question that the reader is on.
menu?.addEventListener('toggle', () => {
  if (menu.matches(':popover-open'))
    menu.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'center' });
});
