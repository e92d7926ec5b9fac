import { Cascade, INHERITED } from '../draw/css.ts';
import { recolour, roleOf } from './colour.ts';

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
  'font-size': '16',
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

const MARKERS = ['marker-start', 'marker-mid', 'marker-end'];
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

/** A colour as it is written: the token, and the opacity that goes with it. */
interface Paint {
  colour: string;
  alpha: number;
}

/** What an element is like: values as declared or inherited, paints already in the words of the site. */
interface Look {
  values: Map<string, string>;
  paints: Map<string, Paint>;
}

const OUTSIDE: Look = {
  values: new Map(Object.entries(INITIAL)),
  paints: new Map([
    ['fill', { colour: '', alpha: 1 }],
    ['stroke', { colour: 'none', alpha: 1 }],
  ]),
};

/** The attributes that give `element` its look where its parent looks like `outer`. */
function attributesOf(
  element: Element,
  cascade: Cascade,
  outer: Look,
): { look: Look; attributes: Map<string, string> } {
  const look: Look = { values: new Map(), paints: new Map() };
  const attributes = new Map<string, string>();
  for (const [property, initial] of Object.entries(INITIAL)) {
    const inherited = INHERITED.has(property) ? (outer.values.get(property) ?? initial) : initial;
    let value = cascade.declared(element, property) ?? inherited;
    if (/^(?:inherit|unset|initial|revert)$/.test(value)) value = inherited;
    value = property === 'font-size' ? absoluteSize(value, inherited) : value.replace(/^(-?[\d.]+)px$/, '$1');
    look.values.set(property, value);
    if (!(property in PAINTS) && value !== inherited) attributes.set(property, value);
  }
  for (const [property, opacity] of Object.entries(PAINTS)) {
    if (property === 'stop-color' && element.localName !== 'stop') continue;
    const value = look.values.get(property) ?? '';
    const raw = /^currentcolor$/i.test(value) ? (look.values.get('color') ?? '') : value;
    const { paint: colour, alpha } = recolour(raw, roleOf(element, property));
    look.paints.set(property, { colour, alpha });
    const from = INHERITED.has(property) ? outer.paints.get(property)?.colour : undefined;
    // A group paints nothing itself: what it hands down is looked at in its children.
    const speaks = DRAWN.has(element.localName) || raw !== outer.values.get(property);
    if (speaks && colour !== from) attributes.set(property, colour);
    if (alpha < 1) attributes.set(opacity, String(Math.round(alpha * 100) / 100));
  }
  attributes.delete('color');
  if (DRAWN.has(element.localName)) dropIdle(element, look, outer, attributes);
  return { look, attributes };
}

/** Takes back what changes nothing: the details of a line that is not there, dashes without gaps, fills of lines. */
function dropIdle(element: Element, look: Look, outer: Look, attributes: Map<string, string>): void {
  const stroke = look.paints.get('stroke')?.colour ?? 'none';
  // Markers are scaled by the width of a line, seen or not.
  const hasMarker = MARKERS.some((name) => look.values.get(name) !== 'none');
  const isUnseen = stroke === 'none' || Number(look.values.get('stroke-width') ?? '1') === 0;
  if (isUnseen && !hasMarker) {
    for (const name of [...attributes.keys()]) if (name.startsWith('stroke')) attributes.delete(name);
    const outerStroke = outer.paints.get('stroke')?.colour ?? 'none';
    if (outerStroke !== 'none') attributes.set('stroke', 'none');
  }
  const dashes = (attributes.get('stroke-dasharray') ?? '').split(/[\s,]+/).map(Number);
  const isSolid = dashes.every((length, i) => length === 0 || (i % 2 === 0 && dashes.length > 1));
  if (isSolid && outer.values.get('stroke-dasharray') === 'none') attributes.delete('stroke-dasharray');
  if (element.localName === 'line') attributes.delete('fill');
}

/**
 * Replaces every style sheet, class and `style` attribute inside an `<svg>` by presentation attributes with the same
 * effect, so that the picture holds under a policy that forbids inline styles. Colours become design tokens.
 * Properties of no use in a still picture (cursors, animations, filters, font families and weights) are dropped.
 */
export function paint(svg: SVGSVGElement): void {
  const sheets = [...svg.querySelectorAll('style')];
  const cascade = new Cascade(sheets.map((sheet) => sheet.textContent).join('\n'));
  for (const sheet of sheets) sheet.remove();
  const looks = new Map<Element, Look>();
  const found: [Element, Map<string, string>][] = [];
  for (const element of [svg, ...svg.querySelectorAll('*')]) {
    const outer = (element === svg ? undefined : looks.get(element.parentElement ?? svg)) ?? OUTSIDE;
    const { look, attributes } = attributesOf(element, cascade, outer);
    // The page has its own size for text; the drawing says its own at its root.
    if (element === svg) attributes.set('font-size', look.values.get('font-size') ?? '16');
    looks.set(element, look);
    found.push([element, attributes]);
  }
  // Written only now: rules look at the classes and attributes of neighbours.
  for (const [element, attributes] of found) {
    if (attributes.get('display') === 'none') element.remove();
    for (const name of ['style', 'class', ...Object.keys(INITIAL)]) element.removeAttribute(name);
    for (const [property, value] of attributes)
      write(element, property, value, attributes.get('transform-origin'));
  }
}

function absoluteSize(value: string, outer: string): string {
  const match = /^([\d.]+)\s*(px|em|rem|pt|%)?$/.exec(value.trim());
  if (!match) return outer;
  const n = Number(match[1]);
  const base = Number.parseFloat(outer);
  const factor = { em: base, '%': base / 100, rem: 16, pt: 4 / 3 }[match[2] ?? ''] ?? 1;
  return String(Math.round(n * factor * 100) / 100);
}

/** A transform about a point, in words that every renderer of SVG understands. */
function around(transform: string, origin: string | undefined): string {
  const [, x, y] = /^(-?[\d.]+)px (-?[\d.]+)px/.exec(origin ?? '') ?? [];
  if (x === undefined || y === undefined) return transform;
  return `translate(${x} ${y}) ${transform} translate(${-Number(x)} ${-Number(y)})`;
}

function write(element: Element, property: string, value: string, origin: string | undefined): void {
  if (TEXT_ONLY.has(property) && DRAWN.has(element.localName) && !TEXT.has(element.localName)) return;
  if (property === 'transform-origin') return;
  if (property === 'transform') {
    if (value !== 'none')
      element.setAttribute('transform', around(value.replace(/(-?[\d.]+)(?:px|deg)/g, '$1'), origin));
    return;
  }
  element.setAttribute(property, value);
}
