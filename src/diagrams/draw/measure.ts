import { Cascade, INHERITED } from './css.ts';
import { around, compose, mapBox, numbers, parseTransform, pathBox, union } from './geometry.ts';
import type { Box, Matrix } from './geometry.ts';
import type { Extent, Typeface } from './typeface.ts';

const SVG = 'http://www.w3.org/2000/svg';
const ROOT_FONT_SIZE = 16;
const INITIAL: Record<string, string> = {
  'text-anchor': 'start',
  'dominant-baseline': 'auto',
  'alignment-baseline': 'auto',
  'letter-spacing': 'normal',
  'white-space': 'normal',
  display: 'inline',
  transform: 'none',
};
const KEYWORD_SIZES: Record<string, number> = {
  'x-small': 10,
  small: 13,
  medium: 16,
  large: 18,
  'x-large': 24,
};
/** Elements that draw nothing where they stand. */
const UNDRAWN = new Set([
  'animate',
  'clippath',
  'defs',
  'desc',
  'filter',
  'lineargradient',
  'marker',
  'mask',
  'metadata',
  'pattern',
  'radialgradient',
  'script',
  'style',
  'symbol',
  'title',
]);

/** A stretch of text set in one go, with the box around it. */
export interface TextRun extends Box {
  text: string;
  /** How far the pen moves, in px. */
  advance: number;
  fontSize: number;
  /** The innermost element that holds it, and all up to the `<text>`. */
  owners: readonly Element[];
}

interface Item {
  text: string;
  owner: Element;
  owners: readonly Element[];
  /** Elements that begin here, outermost first: their x, y, dx and dy place this item. */
  starts: readonly Element[];
}

interface Placed extends Item {
  x: number;
  baseline: number;
  width: number;
  extent: Extent;
  fontSize: number;
}

const tagOf = (element: Element) => element.localName.toLowerCase();
const isSvg = (element: Element) => element.namespaceURI === SVG;

/** The outermost `<svg>`: it stands in HTML, and its place is where coordinates begin. */
function isOuter(element: Element): boolean {
  const parent = element.parentElement;
  return tagOf(element) === 'svg' && (!parent || !isSvg(parent) || tagOf(parent) === 'foreignobject');
}

/**
 * Measures SVG and simple HTML in a document without a layout engine: the styles that move or size things come from
 * the document's own `<style>` elements, widths from the typeface. What it says agrees with Chromium to about 0.3 px.
 */
export class Measure {
  readonly #typeface: Typeface;
  readonly #viewport: number;
  readonly #cascades = new Map<string, Cascade>();

  /** @param viewport width in px of the imagined page */
  constructor(typeface: Typeface, viewport: number) {
    this.#typeface = typeface;
    this.#viewport = viewport;
  }

  /** A measurement of the document as it stands now; valid until anything changes. */
  of(document: Document): Snapshot {
    const css = [...document.querySelectorAll('style')].map((style) => style.textContent).join('\n');
    let cascade = this.#cascades.get(css);
    if (!cascade) {
      cascade = new Cascade(css);
      this.#cascades.clear();
      this.#cascades.set(css, cascade);
    }
    return new Snapshot(this.#typeface, this.#viewport, cascade);
  }
}

export class Snapshot {
  readonly #typeface: Typeface;
  readonly #viewport: number;
  readonly #cascade: Cascade;
  readonly #memo = new Map<Element, Map<string, string>>();

  constructor(typeface: Typeface, viewport: number, cascade: Cascade) {
    this.#typeface = typeface;
    this.#viewport = viewport;
    this.#cascade = cascade;
  }

  /** The computed value of a property; font sizes in px. */
  style(element: Element, property: string): string {
    let known = this.#memo.get(element);
    if (!known) {
      known = new Map();
      this.#memo.set(element, known);
    }
    let value = known.get(property);
    if (value === undefined) {
      value = this.#compute(element, property);
      known.set(property, value);
    }
    return value;
  }

  #compute(element: Element, property: string): string {
    const declared = this.#cascade.declared(element, property);
    const parent = element.parentElement;
    const inherit = declared === undefined ? INHERITED.has(property) : /^(inherit|unset)$/.test(declared);
    if (property === 'font-size') {
      const outer = parent ? this.fontSize(parent) : ROOT_FONT_SIZE;
      return `${declared === undefined || inherit ? outer : this.#size(declared, outer)}px`;
    }
    if (inherit) return parent ? this.style(parent, property) : (INITIAL[property] ?? '');
    return declared ?? INITIAL[property] ?? '';
  }

  #size(declared: string, outer: number): number {
    const match = /^([\d.]+)\s*(px|em|rem|pt|%|ex)?$/.exec(declared.trim());
    if (!match) return KEYWORD_SIZES[declared] ?? outer;
    return this.#inPx(Number(match[1]), match[2], outer, outer);
  }

  #inPx(n: number, unit: string | undefined, em: number, whole: number): number {
    switch (unit) {
      case 'em':
        return n * em;
      case 'ex':
        return n * this.#typeface.metrics(em).xHeight;
      case 'rem':
        return n * ROOT_FONT_SIZE;
      case 'pt':
        return (n * 4) / 3;
      case '%':
        return (n * whole) / 100;
      default:
        return n;
    }
  }

  fontSize(element: Element): number {
    return Number.parseFloat(this.style(element, 'font-size'));
  }

  /** A length attribute in px; NaN when absent or unreadable. `whole` is what 100 % means. */
  #length(element: Element, name: string, whole = 0): number {
    const text = element.getAttribute(name);
    const match = /^\s*([-+]?[\d.]+(?:e[-+]?\d+)?)\s*(px|em|rem|pt|%|ex)?/i.exec(text ?? '');
    if (!match) return NaN;
    return this.#inPx(Number(match[1]), match[2]?.toLowerCase(), this.fontSize(element), whole);
  }

  #attribute(element: Element, name: string, whole = 0): number {
    const value = this.#length(element, name, whole);
    return Number.isNaN(value) ? 0 : value;
  }

  #keepsSpaces(element: Element): boolean {
    if (element.closest('[*|space="preserve"], [xml\\:space="preserve"]')) return true;
    return /pre|break-spaces/.test(this.style(element, 'white-space'));
  }

  #items(root: Element): Item[] {
    const items: Item[] = [];
    let afterSpace = true;
    const walk = (parent: Element, owners: readonly Element[], starts: Element[]) => {
      const keeps = this.#keepsSpaces(parent);
      for (const child of parent.childNodes) {
        if (child.nodeType === child.TEXT_NODE) {
          let text = child.nodeValue ?? '';
          if (keeps) text = text.replace(/[\n\t\r]/g, ' ');
          else {
            text = text.replace(/[\n\t\r ]+/g, ' ');
            if (afterSpace) text = text.replace(/^ /, '');
          }
          if (text === '') continue;
          afterSpace = !keeps && text.endsWith(' ');
          items.push({ text, owner: parent, owners, starts: starts.splice(0) });
        } else if (child.nodeType === child.ELEMENT_NODE) {
          const element = child as Element;
          if (!['tspan', 'a', 'textpath'].includes(tagOf(element))) continue;
          if (this.style(element, 'display') === 'none') continue;
          starts.push(element);
          walk(element, [...owners, element], starts);
        }
      }
    };
    walk(root, [root], [root]);
    const last = items.at(-1);
    if (last && !this.#keepsSpaces(last.owner)) last.text = last.text.replace(/ $/, '');
    return items;
  }

  /** How far the baseline lies below the point that `dominant-baseline` names. */
  #shift(element: Element, fontSize: number): number {
    const { ascent, descent, xHeight } = this.#typeface.metrics(fontSize);
    const own = this.style(element, 'alignment-baseline');
    switch (own !== 'auto' && own !== 'baseline' ? own : this.style(element, 'dominant-baseline')) {
      case 'middle':
        return xHeight / 2;
      case 'central':
        return (ascent - descent) / 2;
      case 'hanging':
        return ascent * 0.8;
      case 'text-before-edge':
      case 'before-edge':
      case 'text-top':
        return ascent;
      case 'text-after-edge':
      case 'after-edge':
      case 'ideographic':
      case 'text-bottom':
        return -descent;
      case 'mathematical':
        return ascent / 2;
      default:
        return 0;
    }
  }

  /** The runs of the `<text>` that holds `element`, in the coordinates of that `<text>`. */
  textRuns(element: Element): TextRun[] {
    const root = element.closest('text') ?? element;
    const placed: Placed[] = [];
    let chunk: Placed[] = [];
    const closeChunk = () => {
      const [first] = chunk;
      if (!first) return;
      const anchor = this.style(first.owner, 'text-anchor');
      const left = Math.min(...chunk.map((run) => run.x));
      const right = Math.max(...chunk.map((run) => run.x + run.width));
      const shift = anchor === 'middle' ? (left - right) / 2 : anchor === 'end' ? left - right : 0;
      for (const run of chunk) run.x += shift;
      placed.push(...chunk);
      chunk = [];
    };
    let x = 0;
    let y = 0;
    for (const item of this.#items(root)) {
      let [newX, newY, dx, dy] = [NaN, NaN, 0, 0];
      for (const start of item.starts) {
        const at = { x: this.#length(start, 'x'), y: this.#length(start, 'y') };
        if (!Number.isNaN(at.x)) newX = at.x;
        if (!Number.isNaN(at.y)) newY = at.y;
        dx = this.#length(start, 'dx') || dx;
        dy = this.#length(start, 'dy') || dy;
      }
      if (!Number.isNaN(newX) || !Number.isNaN(newY)) closeChunk();
      x = (Number.isNaN(newX) ? x : newX) + dx;
      y = (Number.isNaN(newY) ? y : newY) + dy;
      if (item.text === '') continue;
      const fontSize = this.fontSize(item.owner);
      const extent = this.#typeface.extent(item.text, fontSize);
      const spacing = Number.parseFloat(this.style(item.owner, 'letter-spacing')) || 0;
      const width = this.#typeface.advance(item.text, fontSize) + spacing * Array.from(item.text).length;
      const baseline = y + this.#shift(item.owner, fontSize);
      chunk.push({ ...item, x, baseline, width, extent, fontSize });
      x += width;
    }
    closeChunk();
    return placed.map(({ text, owners, x: origin, baseline, width, extent, fontSize }) => ({
      text,
      owners,
      advance: width,
      x: origin + extent.left,
      y: baseline - extent.above,
      width: Math.max(width, extent.right) - extent.left,
      height: extent.above + extent.below,
      fontSize,
    }));
  }

  /** What `getComputedTextLength` says. */
  textLength(element: Element): number {
    return this.textRuns(element)
      .filter((run) => run.owners.includes(element))
      .reduce((sum, run) => sum + run.advance, 0);
  }

  /** What `getBBox` says: the box in the element's own coordinates, without stroke. All zero for nothing. */
  bbox(element: Element): Box {
    const box = this.#box(element);
    if (!box) return { x: 0, y: 0, width: 0, height: 0 };
    return {
      x: Math.fround(box.x),
      y: Math.fround(box.y),
      width: Math.fround(box.width),
      height: Math.fround(box.height),
    };
  }

  #box(element: Element): Box | undefined {
    const get = (name: string, whole = 0) => this.#attribute(element, name, whole);
    switch (tagOf(element)) {
      case 'rect':
      case 'image':
      case 'foreignobject': {
        const box = { x: get('x'), y: get('y'), width: get('width', this.#viewport), height: get('height') };
        return tagOf(element) === 'rect' && (box.width <= 0 || box.height <= 0) ? undefined : box;
      }
      case 'circle': {
        const r = get('r');
        return r > 0 ? { x: get('cx') - r, y: get('cy') - r, width: 2 * r, height: 2 * r } : undefined;
      }
      case 'ellipse': {
        const [rx, ry] = [get('rx'), get('ry')];
        if (rx <= 0 || ry <= 0) return undefined;
        return { x: get('cx') - rx, y: get('cy') - ry, width: 2 * rx, height: 2 * ry };
      }
      case 'line':
        return around([
          { x: get('x1', this.#viewport), y: get('y1') },
          { x: get('x2', this.#viewport), y: get('y2') },
        ]);
      case 'polygon':
      case 'polyline': {
        const n = numbers(element.getAttribute('points') ?? '');
        const points = [];
        for (let i = 0; i + 1 < n.length; i += 2) points.push({ x: n[i] ?? 0, y: n[i + 1] ?? 0 });
        return points.length > 0 ? around(points) : undefined;
      }
      case 'path':
        return pathBox(element.getAttribute('d') ?? '');
      case 'text':
      case 'tspan': {
        const runs = this.textRuns(element).filter((run) => run.owners.includes(element));
        const box = runs.reduce<Box | undefined>(
          (sum, { x, y, width, height }) => union(sum, { x, y, width, height }),
          undefined,
        );
        // Browsers give a text that holds only empty tspans a box of no size at the origin, and count it.
        if (!box && tagOf(element) === 'text' && element.querySelector('tspan'))
          return { x: 0, y: 0, width: 0, height: 0 };
        return box;
      }
      case 'use': {
        const href = element.getAttribute('href') ?? element.getAttribute('xlink:href') ?? '';
        const target = element.ownerDocument.getElementById(href.slice(1));
        const box = target && this.#inParent(target);
        return box ? { ...box, x: box.x + get('x'), y: box.y + get('y') } : undefined;
      }
      case 'g':
      case 'a':
      case 'svg':
      case 'switch':
      case 'symbol': {
        let sum: Box | undefined;
        for (const child of element.children) {
          if (UNDRAWN.has(tagOf(child)) || this.style(child, 'display') === 'none') continue;
          const box = this.#inParent(child);
          if (box) sum = union(sum, box);
        }
        return sum;
      }
      default:
        return undefined;
    }
  }

  #inParent(element: Element): Box | undefined {
    const box = this.#box(element);
    const matrix = box && this.matrix(element);
    return matrix ? mapBox(matrix, box) : box;
  }

  /** The element's own transform, from attribute or style; an inner `<svg>`'s place and scale. */
  matrix(element: Element): Matrix | undefined {
    const css = this.style(element, 'transform');
    const own = css && css !== 'none' ? css : element.getAttribute('transform');
    const matrix = own ? parseTransform(own) : undefined;
    if (tagOf(element) !== 'svg' || isOuter(element)) return matrix;
    const get = (name: string) => this.#attribute(element, name);
    const place = { x: get('x'), y: get('y'), width: get('width'), height: get('height') };
    const [vx = 0, vy = 0, vw = 0, vh = 0] = numbers(element.getAttribute('viewBox') ?? '');
    let inner: Matrix = [1, 0, 0, 1, place.x, place.y];
    if (vw > 0 && vh > 0 && place.width > 0 && place.height > 0) {
      const scale = Math.min(place.width / vw, place.height / vh);
      const left = place.x + (place.width - vw * scale) / 2 - vx * scale;
      inner = [scale, 0, 0, scale, left, place.y + (place.height - vh * scale) / 2 - vy * scale];
    }
    return matrix ? compose(matrix, inner) : inner;
  }

  /** The map from the element's own coordinates to those of the outermost `<svg>`. */
  toRoot(element: Element): Matrix {
    let matrix: Matrix = [1, 0, 0, 1, 0, 0];
    for (let at: Element | null = element; at && isSvg(at) && !isOuter(at); at = at.parentElement) {
      const own = this.matrix(at);
      if (own) matrix = compose(own, matrix);
    }
    return matrix;
  }

  /** What `getBoundingClientRect` says, the outermost `<svg>` taken as the page's corner. */
  clientRect(element: Element): Box {
    if (!isSvg(element)) return this.#htmlRect(element);
    if (isOuter(element)) {
      const width = this.#length(element, 'width', this.#viewport);
      const height = this.#length(element, 'height');
      return { x: 0, y: 0, width: width || this.#viewport, height: height || 150 };
    }
    const box = this.bbox(element);
    if (tagOf(element) === 'tspan') return box;
    return mapBox(this.toRoot(element), box);
  }

  /** HTML is only met in small labels: lines of text, cut at `<br>`. */
  #htmlRect(element: Element): Box {
    const lines = [''];
    const walk = (node: Node) => {
      for (const child of node.childNodes) {
        if (child.nodeType === child.TEXT_NODE)
          lines.push((lines.pop() ?? '') + (child.nodeValue ?? '').replace(/\s+/g, ' '));
        else if ((child as Element).localName === 'br') lines.push('');
        else walk(child);
      }
    };
    walk(element);
    const size = this.fontSize(element);
    const width = Math.max(...lines.map((line) => this.#typeface.advance(line.trim(), size)));
    return { x: 0, y: 0, width, height: lines.join('').trim() === '' ? 0 : lines.length * size * 1.5 };
  }
}
