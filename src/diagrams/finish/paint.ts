import { Cascade, INHERITED } from '../draw/css.ts';
import { unmark } from '../draw/theme.ts';
import type { Token } from '../draw/theme.ts';

/** What each property is where nobody sets it. These are the properties a finished drawing may carry. */
const INITIAL: Record<string, string> = {
  'alignment-baseline': 'auto',
  'clip-path': 'none',
  'clip-rule': 'nonzero',
  color: '#000',
  display: 'inline',
  'dominant-baseline': 'auto',
  fill: '#000',
  'fill-opacity': '1',
  'fill-rule': 'nonzero',
  'font-size': '16px',
  'letter-spacing': 'normal',
  'marker-end': 'none',
  'marker-mid': 'none',
  'marker-start': 'none',
  mask: 'none',
  opacity: '1',
  'paint-order': 'normal',
  rx: 'auto',
  ry: 'auto',
  'stop-color': '#000',
  'stop-opacity': '1',
  stroke: 'none',
  'stroke-dasharray': 'none',
  'stroke-linecap': 'butt',
  'stroke-linejoin': 'miter',
  'stroke-miterlimit': '4',
  'stroke-opacity': '1',
  'stroke-width': '1',
  'text-anchor': 'start',
  'text-decoration': 'none',
  transform: 'none',
  'transform-origin': 'none',
  visibility: 'visible',
  'writing-mode': 'horizontal-tb',
};

const TEXT_ONLY = new Set([
  'dominant-baseline',
  'font-size',
  'letter-spacing',
  'text-anchor',
  'writing-mode',
]);
const TEXT = new Set(['text', 'tspan', 'textPath']);
const DRAWN = new Set([
  'circle',
  'ellipse',
  'line',
  'path',
  'polygon',
  'polyline',
  'rect',
  'text',
  'tspan',
  'textPath',
  'use',
  'stop',
  'image',
  'foreignObject',
]);
const PAINTS: Record<string, string> = {
  fill: 'fill-opacity',
  stroke: 'stroke-opacity',
  'stop-color': 'stop-opacity',
};

function toRgb(colour: string): readonly number[] | undefined {
  const named: Record<string, string> = { black: '#000', white: '#fff', grey: '#808080', gray: '#808080' };
  const hex = /^#([0-9a-f]{3,8})$/i.exec(named[colour.toLowerCase()] ?? colour)?.[1];
  if (hex) {
    const wide = hex.length < 6 ? hex.replace(/./g, '$&$&') : hex;
    return [0, 2, 4].map((at) => Number.parseInt(wide.slice(at, at + 2), 16));
  }
  const list = /^rgba?\(([^)]*)\)$/i.exec(colour)?.[1];
  return list
    ? list
        .split(/[\s,/]+/)
        .slice(0, 3)
        .map(Number)
    : undefined;
}

/** Greys that Mermaid has written into its code: the token that does the same work on the site's board. */
function greyToken(colour: string, property: string): Token | undefined {
  const rgb = toRgb(colour);
  if (!rgb || Math.max(...rgb) - Math.min(...rgb) > 24) return undefined;
  const light = Math.max(...rgb);
  if (property === 'stroke') return light > 200 ? 'rule' : 'ink-soft';
  return light > 245 ? 'board-raised' : light > 200 ? 'board-sunk' : light > 110 ? 'rule-strong' : 'ink';
}

/** A colour in the words of the site: the token as `var()`, its opacity, or the literal colour left as it is. */
export function repaint(
  colour: string,
  property: string,
): { paint: string; alpha: number; literal: boolean } {
  const marked = unmark(colour);
  if (marked) return { paint: `var(--${marked.token})`, alpha: marked.alpha, literal: false };
  if (/^(none|transparent|currentcolor|context-\w+|inherit|url\(.*)$/i.test(colour))
    return { paint: /^transparent$/i.test(colour) ? 'none' : colour, alpha: 1, literal: false };
  const token = greyToken(colour, property);
  if (token) return { paint: `var(--${token})`, alpha: 1, literal: false };
  return { paint: colour, alpha: 1, literal: true };
}

/**
 * Replaces every style sheet, class and `style` attribute inside an `<svg>` by presentation attributes with the same
 * effect, so that the picture holds under a policy that forbids inline styles. Marks become design tokens.
 * Properties of no use in a still picture (cursors, animations, filters, font families and weights) are dropped.
 * @returns colours that are neither marks nor greys, as they were written
 */
export function paint(svg: SVGSVGElement): Set<string> {
  const sheets = [...svg.querySelectorAll('style')];
  const cascade = new Cascade(sheets.map((sheet) => sheet.textContent).join('\n'));
  for (const sheet of sheets) sheet.remove();
  const literals = new Set<string>();
  /** What each element sets itself, read before anything is rewritten: selectors may look at neighbours' attributes. */
  const found: [Element, Map<string, string>][] = [];
  const computed = new Map<Element, Map<string, string>>();
  for (const element of [svg, ...svg.querySelectorAll('*')]) {
    const parent = element === svg ? undefined : computed.get(element.parentElement ?? svg);
    const own = new Map<string, string>();
    const all = new Map<string, string>();
    for (const [property, initial] of Object.entries(INITIAL)) {
      const inherits = INHERITED.has(property);
      const outer = inherits ? (parent?.get(property) ?? initial) : initial;
      let value = cascade.declared(element, property);
      if (value !== undefined && /^(inherit|unset|initial|revert)$/.test(value)) value = undefined;
      if (property === 'font-size' && value !== undefined) value = absoluteSize(value, outer);
      if (value === undefined && inherits) all.set(property, outer);
      else {
        all.set(property, value ?? initial);
        if (value !== undefined && value !== outer) own.set(property, value);
      }
    }
    // The page has its own size for text; the drawing says its own at its root.
    if (element === svg) own.set('font-size', all.get('font-size') ?? '16px');
    for (const property of Object.keys(PAINTS))
      if (/^currentcolor$/i.test(own.get(property) ?? '')) own.set(property, all.get('color') ?? '#000');
    own.delete('color');
    computed.set(element, all);
    found.push([element, own]);
  }
  for (const [element, own] of found) {
    if (own.get('display') === 'none') element.remove();
    for (const name of ['style', 'class', ...Object.keys(INITIAL)]) element.removeAttribute(name);
    for (const [property, value] of own)
      write(element, property, value, own.get('transform-origin'), literals);
  }
  return literals;
}

function absoluteSize(value: string, outer: string): string {
  const match = /^([\d.]+)\s*(px|em|rem|pt|%)?$/.exec(value.trim());
  if (!match) return outer;
  const n = Number(match[1]);
  const base = Number.parseFloat(outer);
  const factor = { em: base, '%': base / 100, rem: 16, pt: 4 / 3 }[match[2] ?? ''] ?? 1;
  return `${Math.round(n * factor * 100) / 100}px`;
}

/** A transform about a point, in words that every renderer of SVG understands. */
function around(transform: string, origin: string | undefined): string {
  const [, x, y] = /^(-?[\d.]+)px (-?[\d.]+)px/.exec(origin ?? '') ?? [];
  if (x === undefined || y === undefined) return transform;
  return `translate(${x} ${y}) ${transform} translate(${-Number(x)} ${-Number(y)})`;
}

function write(
  element: Element,
  property: string,
  value: string,
  origin: string | undefined,
  literals: Set<string>,
): void {
  if (TEXT_ONLY.has(property) && DRAWN.has(element.localName) && !TEXT.has(element.localName)) return;
  if (property in PAINTS) {
    const { paint: colour, alpha, literal } = repaint(value, property);
    if (literal) literals.add(value);
    element.setAttribute(property, colour);
    const opacity = PAINTS[property];
    if (alpha < 1 && opacity) element.setAttribute(opacity, String(Math.round(alpha * 100) / 100));
    return;
  }
  if (property === 'transform-origin') return;
  if (property === 'transform') {
    if (value !== 'none')
      element.setAttribute('transform', around(value.replace(/(-?[\d.]+)(?:px|deg)/g, '$1'), origin));
    return;
  }
  element.setAttribute(property, value.replace(/^(-?[\d.]+)px$/, '$1'));
}
