/**
 * The one script that every page carries for its diagrams: shows the buttons that need a script, and loads the viewer
 * when somebody asks for it (a button, a click or tap on a drawing, Enter on a drawing's frame).
 */
const OPENERS = '[data-diagram-open], .diagram-frame';

for (const button of document.querySelectorAll<HTMLElement>('[data-diagram-open]')) button.hidden = false;
document.documentElement.classList.add('has-diagram-viewer');

async function open(target: EventTarget | null): Promise<void> {
  const opener = target instanceof Element ? target.closest<HTMLElement>(OPENERS) : null;
  const figure = opener?.closest<HTMLElement>('figure[data-diagram]');
  if (!figure) return;
  const { openViewer } = await import('./viewer.ts');
  openViewer(figure);
}

document.addEventListener('click', ({ target }) => {
  // Text of a drawing can be selected like any other: the end of a selection is no click.
  if (getSelection()?.isCollapsed ?? true) void open(target);
});
document.addEventListener('keydown', ({ key, target }) => {
  if (key === 'Enter' && target instanceof Element && target.matches('.diagram-frame')) void open(target);
});
