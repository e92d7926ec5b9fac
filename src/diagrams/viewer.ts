import { adoptStyles } from '#site/adopt-styles.ts';
import { fit, pan, zoom } from './view-box.ts';
import type { View } from './view-box.ts';
import styles from './viewer.css?inline';

adoptStyles(styles);

/** The drawing alone as a file: colours of the theme in use and the typeface written into it. */
async function standalone(svg: SVGSVGElement, title: string): Promise<string> {
  const probe = document.createElement('i');
  svg.after(probe);
  const colourOf = (paint: string) => {
    probe.style.color = paint;
    return getComputedStyle(probe).color;
  };
  const [x, y, width, height] = (svg.getAttribute('viewBox') ?? '').split(' ').map(Number);
  const face = `@font-face{font-family:Board;src:url(${await fontUrl()})}`;
  const ground = `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="var(--board)"/>`;
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('font-family', 'Board, sans-serif');
  copy.insertAdjacentHTML('afterbegin', `<title></title><style>${face}</style>${ground}`);
  const name = copy.querySelector('title');
  if (name) name.textContent = title;
  for (const attribute of ['aria-describedby', 'class', 'style']) copy.removeAttribute(attribute);
  const text = new XMLSerializer().serializeToString(copy).replace(/var\(--[\w-]+\)/g, colourOf);
  probe.remove();
  return text;
}

/** The page's typeface as a `data:` URL: pictures may load nothing. Empty when the page has none. */
async function fontUrl(): Promise<string> {
  for (const sheet of document.styleSheets)
    for (const rule of sheet.cssRules) {
      if (
        !(rule instanceof CSSFontFaceRule) ||
        !/^["']?Board["']?$/.test(rule.style.getPropertyValue('font-family'))
      )
        continue;
      const url = /url\(["']?([^"')]+)/.exec(rule.style.getPropertyValue('src'))?.[1];
      if (url === undefined) continue;
      const blob = await (await fetch(new URL(url, sheet.href ?? location.href))).blob();
      return new Promise((resolve) => {
        const reader = new FileReader();
        reader.onload = () => {
          resolve(typeof reader.result === 'string' ? reader.result : '');
        };
        reader.readAsDataURL(blob);
      });
    }
  return '';
}

async function toPng(
  svg: string,
  { width, height }: { width: number; height: number },
): Promise<Blob | null> {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  const scale = 2;
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => {
    canvas.toBlob(resolve);
  });
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 1000);
}

const button = (action: string, label: string, name = label) =>
  `<button type="button" data-do="${action}"${name === label ? '' : ` aria-label="${name}"`}>${label}</button>`;

const PAN_STEP = 60;
const ZOOM_STEP = 1.25;

/**
 * Shows a figure's drawing full screen. Zoom and pan by wheel, pinch, drag, keys (+, -, 0, arrows; Page Up and Page
 * Down for steps) and buttons; Esc closes, and the focus goes back to the figure's own button.
 */
export function openViewer(figure: HTMLElement): void {
  const original = figure.querySelector('svg');
  if (!original) return;
  const drawing = original.viewBox.baseVal;
  const title = original.getAttribute('aria-label') ?? '';
  const id = figure.dataset['diagram'] ?? 'diagram';
  const steps = [...figure.querySelectorAll('.diagram-steps > li')].map((step) => step.innerHTML);
  const stepper = `<div class="diagram-stepper">${button('back', '‹', 'Previous step')}<p aria-live="polite"></p>${button('next', '›', 'Next step')}</div>`;
  const dialog = document.createElement('dialog');
  dialog.className = 'diagram-viewer';
  dialog.setAttribute('aria-label', title);
  dialog.innerHTML = `<header><div>${button('in', '+', 'Zoom in')}${button('out', '–', 'Zoom out')}${button('fit', 'Fit')}</div>${button('close', 'Close')}
<div>${button('source', 'Copy source')}${button('link', 'Copy link')}${button('svg', 'SVG', 'Download SVG')}${button('png', 'PNG', 'Download PNG')}</div>
</header><p role="status"></p>
<div class="diagram-stage" tabindex="0" role="group" aria-label="Drawing: arrow keys move it, plus and minus zoom">${original.outerHTML.replace(/(id="|url\(#)diagram-/g, '$1viewer-')}</div>${steps.length > 0 ? stepper : ''}`;
  document.body.append(dialog);
  const stage = dialog.querySelector<HTMLElement>('.diagram-stage');
  const svg = stage?.querySelector('svg');
  const status = dialog.querySelector('[role="status"]');
  const said = dialog.querySelector('.diagram-stepper p');
  if (!stage || !svg || !status) return;

  let view: View = drawing;
  const show = (next: View) => {
    view = next;
    svg.setAttribute('viewBox', `${next.x} ${next.y} ${next.width} ${next.height}`);
  };
  const size = () => ({ width: stage.clientWidth, height: stage.clientHeight });
  const fitAll = () => {
    show(fit(drawing, size()));
  };
  const zoomBy = (factor: number, at = { x: 0.5, y: 0.5 }) => {
    show(zoom(view, factor, at, drawing, size()));
  };
  const panBy = (dx: number, dy: number) => {
    show(pan(view, dx, dy, drawing, size()));
  };
  const share = (x: number, y: number) => {
    const box = stage.getBoundingClientRect();
    return { x: (x - box.left) / box.width, y: (y - box.top) / box.height };
  };

  let step = -1;
  const goTo = (next: number) => {
    if (steps.length === 0) return;
    step = Math.min(Math.max(next, -1), steps.length - 1);
    svg.classList.toggle('is-stepping', step >= 0);
    for (const part of svg.querySelectorAll<SVGElement>('[data-part]'))
      part.classList.toggle('is-lit', part.dataset['part']?.split(' ').includes(String(step + 1)) ?? false);
    if (said)
      said.innerHTML =
        step < 0 ? `${steps.length} steps` : `<b>${step + 1} of ${steps.length}</b> ${steps[step] ?? ''}`;
  };

  const say = (text: string) => {
    status.textContent = text;
  };
  const copy = async (text: string, what: string) => {
    try {
      await navigator.clipboard.writeText(text);
      say(`${what} copied`);
    } catch {
      say(`The browser does not let this page copy the ${what.toLowerCase()}`);
    }
  };
  const file = async (kind: 'svg' | 'png') => {
    const text = await standalone(original, title);
    const blob = kind === 'svg' ? new Blob([text], { type: 'image/svg+xml' }) : await toPng(text, drawing);
    if (blob) save(blob, `${id}.${kind}`);
  };
  const actions: Record<string, () => unknown> = {
    in: () => {
      zoomBy(ZOOM_STEP);
    },
    out: () => {
      zoomBy(1 / ZOOM_STEP);
    },
    fit: fitAll,
    source: () => copy(figure.querySelector('template')?.content.textContent ?? '', 'Source'),
    link: () => copy(`${location.href.split('#')[0] ?? ''}#diagram-${id}`, 'Link'),
    svg: () => file('svg'),
    png: () => file('png'),
    close: () => {
      dialog.close();
    },
    back: () => {
      goTo(step - 1);
    },
    next: () => {
      goTo(step + 1);
    },
  };
  dialog.addEventListener('click', ({ target }) => {
    const name = target instanceof HTMLElement ? target.dataset['do'] : undefined;
    if (name !== undefined) void actions[name]?.();
  });

  const keys: Record<string, () => unknown> = {
    '+': actions['in'] ?? fitAll,
    '=': actions['in'] ?? fitAll,
    '-': actions['out'] ?? fitAll,
    '0': fitAll,
    PageDown: actions['next'] ?? fitAll,
    PageUp: actions['back'] ?? fitAll,
    ArrowLeft: () => {
      panBy(PAN_STEP, 0);
    },
    ArrowRight: () => {
      panBy(-PAN_STEP, 0);
    },
    ArrowUp: () => {
      panBy(0, PAN_STEP);
    },
    ArrowDown: () => {
      panBy(0, -PAN_STEP);
    },
  };
  dialog.addEventListener('keydown', (event) => {
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  stage.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      zoomBy(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), share(event.clientX, event.clientY));
    },
    { passive: false },
  );
  const fingers = new Map<number, PointerEvent>();
  const middle = () => {
    const all = [...fingers.values()];
    const x = all.reduce((sum, { clientX }) => sum + clientX, 0) / all.length;
    const y = all.reduce((sum, { clientY }) => sum + clientY, 0) / all.length;
    return { x, y, spread: Math.hypot((all[0]?.clientX ?? 0) - x, (all[0]?.clientY ?? 0) - y) };
  };
  stage.addEventListener('pointerdown', (event) => {
    stage.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, event);
  });
  stage.addEventListener('pointermove', (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = middle();
    fingers.set(event.pointerId, event);
    const after = middle();
    panBy(after.x - before.x, after.y - before.y);
    if (fingers.size > 1 && before.spread > 0) zoomBy(after.spread / before.spread, share(after.x, after.y));
  });
  for (const end of ['pointerup', 'pointercancel'] as const)
    stage.addEventListener(end, ({ pointerId }) => fingers.delete(pointerId));

  // Its first call tells a size that is known already, and must not undo what the reader has done since.
  let sized = false;
  const resized = new ResizeObserver(() => {
    if (sized) fitAll();
    sized = true;
  });
  dialog.addEventListener('close', () => {
    resized.disconnect();
    dialog.remove();
    figure.querySelector<HTMLElement>('[data-diagram-open]')?.focus({ preventScroll: true });
  });
  dialog.showModal();
  fitAll();
  stage.focus({ preventScroll: true });
  resized.observe(stage);
  goTo(-1);
}
