import type { Snapshot } from '../draw/measure.ts';
import { simplifyPath } from './path.ts';

const round = (text: string) =>
  text.replace(/(?<![#\w.])-?(?:\d+\.\d+|\.\d+|\d+)(?:e[-+]?\d+)?/gi, (number) =>
    String(to2(Number(number))),
  );
const to2 = (n: number) => Math.round(n * 100) / 100 + 0;

const NUMERIC = new Set([
  'cx',
  'cy',
  'dx',
  'dy',
  'font-size',
  'height',
  'markerHeight',
  'markerWidth',
  'offset',
  'points',
  'r',
  'refX',
  'refY',
  'rx',
  'ry',
  'stroke-dasharray',
  'stroke-width',
  'transform',
  'viewBox',
  'width',
  'x',
  'x1',
  'x2',
  'y',
  'y1',
  'y2',
]);
/** What may stay on an element beside presentation attributes (see `paint`) and the marks of steps. */
const KEPT = new Set([
  ...NUMERIC,
  'alignment-baseline',
  'clip-path',
  'clip-rule',
  'clipPathUnits',
  'd',
  'data-part',
  'display',
  'dominant-baseline',
  'fill',
  'fill-opacity',
  'fill-rule',
  'gradientTransform',
  'gradientUnits',
  'href',
  'id',
  'letter-spacing',
  'marker-end',
  'marker-mid',
  'marker-start',
  'markerUnits',
  'mask',
  'opacity',
  'orient',
  'paint-order',
  'pathLength',
  'patternUnits',
  'preserveAspectRatio',
  'stop-color',
  'stop-opacity',
  'stroke',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-miterlimit',
  'stroke-opacity',
  'text-anchor',
  'text-decoration',
  'visibility',
  'writing-mode',
  'xml:space',
  'fr',
  'fx',
  'fy',
]);

/** Definitions that draw nothing where they stand, inside `<defs>` or not. */
const UNDRAWN = new Set([
  'clipPath',
  'linearGradient',
  'marker',
  'mask',
  'pattern',
  'radialGradient',
  'symbol',
]);

/** Leaves out what a still page must not hold: scripts, links, moving and day-dependent parts, HTML fallbacks. */
export function dropForeign(svg: SVGSVGElement): void {
  for (const element of svg.querySelectorAll(
    '.today, script, switch > foreignObject, title, desc, animate, animateTransform',
  ))
    element.remove();
  // Sankey labels stand under their links and shine through by blending; without it they belong on top.
  for (const labels of svg.querySelectorAll('.node-labels')) labels.parentElement?.append(labels);
  for (const link of svg.querySelectorAll('a')) link.replaceWith(...link.childNodes);
}

/** Centres the lines of a state's label: without HTML, Mermaid sets them flush left. Call before `paint`. */
export function centreStateLabels(svg: SVGSVGElement, snapshot: Snapshot): void {
  for (const text of svg.querySelectorAll('.statediagram-state > .label text')) {
    const label = text.closest('.label');
    const [, x, y] =
      /translate\(\s*([-\d.]+)[ ,]+([-\d.]+)/.exec(label?.getAttribute('transform') ?? '') ?? [];
    if (x === undefined || y === undefined || text.querySelectorAll('.row').length < 2) continue;
    const { width } = snapshot.bbox(text);
    text.setAttribute('text-anchor', 'middle');
    label?.setAttribute('transform', `translate(${Number(x) + width / 2},${y})`);
  }
}

/** Turns percentages into numbers, so that they hold when the picture is given more room. */
export function resolvePercentages(svg: SVGSVGElement): void {
  const { width, height } = svg.viewBox.baseVal;
  for (const element of svg.querySelectorAll('*')) {
    if (element.closest('linearGradient, radialGradient, marker, pattern, mask, clipPath')) continue;
    for (const { name, value } of [...element.attributes]) {
      const share = /^(-?[\d.]+)%$/.exec(value)?.[1];
      if (share === undefined || !/^(?:x|y|x1|x2|y1|y2|cx|cy|width|height)$/.test(name)) continue;
      const whole = /^(?:x|x1|x2|cx|width)$/.test(name) ? width : height;
      element.setAttribute(name, String((Number(share) / 100) * whole));
    }
  }
}

/** Cuts lifelines at the foot of the picture: they run far below it and count on being clipped. */
export function cutLifelines(svg: SVGSVGElement): void {
  const { y, height } = svg.viewBox.baseVal;
  for (const line of svg.querySelectorAll('line.actor-line'))
    if (Number(line.getAttribute('y2')) > y + height) line.setAttribute('y2', String(y + height));
}

/** Removes attributes that no browser needs for this picture, rounds numbers to 2 decimals, shortens paths. */
export function tidyAttributes(svg: SVGSVGElement): void {
  for (const element of [svg, ...svg.querySelectorAll('*')]) {
    for (const { name, value } of [...element.attributes]) {
      if (name === 'xlink:href') {
        element.removeAttribute(name);
        element.setAttribute('href', value);
      } else if (!KEPT.has(name) || (name === 'xml:space' && value === 'default'))
        element.removeAttribute(name);
      else if (name === 'd') element.setAttribute('d', simplifyPath(value));
      else if (NUMERIC.has(name)) element.setAttribute(name, round(value).replace(/(\d), (-?\d)/g, '$1,$2'));
    }
  }
  for (const rect of svg.querySelectorAll('rect'))
    if (
      !Number.parseFloat(rect.getAttribute('width') ?? '') ||
      !Number.parseFloat(rect.getAttribute('height') ?? '')
    )
      rect.remove();
}

/** Mermaid sets each word in a tspan of its own: joins neighbours that look alike, unwraps those that add nothing. */
export function joinWords(svg: SVGSVGElement): void {
  const look = (element: Element) =>
    [...element.attributes].map(({ name, value }) => `${name}=${value}`).join('|');
  for (const row of [...svg.querySelectorAll('text, tspan')].reverse()) {
    for (const child of [...row.children])
      if (child.localName === 'tspan' && child.children.length === 0 && child.attributes.length === 0)
        child.replaceWith(child.textContent);
    row.normalize();
    let before: Element | undefined;
    for (const child of [...row.childNodes]) {
      const element = child.nodeType === child.ELEMENT_NODE ? (child as Element) : undefined;
      const joins =
        element &&
        before &&
        element.children.length === 0 &&
        before.children.length === 0 &&
        !/(?:^|\|)(?:x|y|dx|dy)=/.test(look(element)) &&
        look(element) === look(before);
      if (joins) {
        before?.append(...element.childNodes);
        element.remove();
      } else before = element;
    }
    row.normalize();
  }
}

/** Filled shapes and their outlines come as two equal paths, one after the other: makes one of them. */
export function mergeOutlines(svg: SVGSVGElement): void {
  for (const outline of svg.querySelectorAll('path')) {
    const fill = outline.previousElementSibling;
    if (fill?.localName !== 'path' || outline.getAttribute('fill') !== 'none') continue;
    if ((fill.getAttribute('stroke') ?? 'none') !== 'none' || fill.closest('g[stroke]')) continue;
    if (closed(fill) !== closed(outline)) continue;
    fill.removeAttribute('stroke');
    for (const { name, value } of outline.attributes)
      if (name.startsWith('stroke') || name === 'd') fill.setAttribute(name, value);
    outline.remove();
  }
}

/** A path's outline with its way back to the start written as `Z`, whether it was a line, a `Z` or left out. */
function closed(path: Element): string {
  const d = (path.getAttribute('d') ?? '').replace(/Z$/, '');
  const start = /^M(\S+ ?\S*?)(?=[A-Z])/.exec(d)?.[1] ?? '';
  const isBack = start !== '' && d.endsWith(start) && d.length > start.length + 1;
  return `${isBack ? d.slice(0, -start.length).trimEnd() : d}Z`;
}

/** Removes groups that hold nothing, and opens those that say nothing. */
export function openGroups(svg: SVGSVGElement): void {
  for (const group of [...svg.querySelectorAll('g, defs')].reverse()) {
    const isIdle =
      group.localName === 'g' || [...group.children].every((child) => UNDRAWN.has(child.localName));
    if (group.children.length === 0) group.remove();
    else if (group.attributes.length === 0 && isIdle) group.replaceWith(...group.children);
  }
}
