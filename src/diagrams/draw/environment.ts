import { JSDOM } from 'jsdom';
import { pathLength, pathPoint } from './geometry.ts';
import type { Box } from './geometry.ts';
import { parseDeclarations } from './css.ts';
import { Measure } from './measure.ts';
import type { Typeface } from './typeface.ts';

/** Width in px of the imagined page. Gantt and a few other kinds ask for it. */
const VIEWPORT = 760;

/** One rule of a constructed style sheet: as much of it as Mermaid uses. */
class SheetRule {
  readonly #selector: string;
  readonly #declarations: Map<string, string>;
  readonly style: { setProperty: (name: string, value: string) => void; readonly length: number };

  constructor(text: string) {
    const open = text.indexOf('{');
    this.#selector = text.slice(0, open).trim();
    const body = text.slice(open + 1, text.lastIndexOf('}'));
    const declarations = new Map(
      parseDeclarations(body).map(({ property, value, important }) => [
        property,
        important ? `${value} !important` : value,
      ]),
    );
    this.#declarations = declarations;
    this.style = {
      setProperty: (name, value) => void declarations.set(name, value),
      get length() {
        return declarations.size;
      },
    };
  }

  get cssText(): string {
    const body = [...this.#declarations].map(([property, value]) => `${property}: ${value};`).join(' ');
    return `${this.#selector} { ${body} }`;
  }
}

/** A constructed style sheet: Mermaid collects `classDef` rules in one. */
class Sheet {
  cssRules: SheetRule[] = [];

  insertRule(text: string, index = 0): number {
    this.cssRules.splice(index, 0, new SheetRule(text));
    return index;
  }

  replaceSync(text: string): void {
    this.cssRules = (text.match(/[^{}]+\{[^{}]*\}/g) ?? []).map((rule) => new SheetRule(rule.trim()));
  }
}

function cssEscape(text: string): string {
  return text
    .replace(/[^\w\-\u0080-\uffff]/g, (char) => `\\${char}`)
    .replace(/^(-?)(\d)/, (_, dash: string, digit: string) => `${dash}\\3${digit} `);
}

function asRect({ x, y, width, height }: Box) {
  const rect = { x, y, width, height, left: x, top: y, right: x + width, bottom: y + height };
  return { ...rect, toJSON: () => rect };
}

const isHidden = (element: Element) => /display:\s*none/.test(element.getAttribute('style') ?? '');

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

function defineGetter(target: object, name: string, get: (this: Element) => unknown): void {
  Object.defineProperty(target, name, { get, configurable: true });
}

/**
 * Puts a browser's globals into this thread, as far as Mermaid asks for them: a DOM by jsdom, boxes and text widths by
 * `Measure`. Call once, in a thread of its own, before Mermaid is imported.
 * @returns the document to draw in and its measure
 */
export function enterBrowser(typeface: Typeface): { document: Document; measure: Measure } {
  const { window } = new JSDOM('<!doctype html><html lang="en"><body></body></html>', {
    pretendToBeVisual: true,
  });
  const { document } = window;
  const measure = new Measure(typeface, VIEWPORT);
  const now = () => measure.of(document);

  const svg = window.SVGElement.prototype;
  const html = window.HTMLElement.prototype;
  const element = window.Element.prototype;
  const d = (path: Element) => path.getAttribute('d') ?? '';
  define(svg, 'getBBox', function (this: Element) {
    return now().bbox(this);
  });
  define(svg, 'getComputedTextLength', function (this: Element) {
    return now().textLength(this);
  });
  define(svg, 'getTotalLength', function (this: Element) {
    return pathLength(d(this));
  });
  define(svg, 'getPointAtLength', function (this: Element, distance: number) {
    return pathPoint(d(this), distance);
  });
  define(svg, 'getScreenCTM', () => null);
  define(element, 'getBoundingClientRect', function (this: Element) {
    return asRect(now().clientRect(this));
  });
  const width = function (this: Element) {
    if (isHidden(this)) return 0;
    const isPage = this.localName === 'body' || this.querySelector('svg') !== null;
    if (isPage || (this.localName === 'div' && this.textContent.trim() === '')) return VIEWPORT;
    return now().clientRect(this).width;
  };
  const height = function (this: Element) {
    return isHidden(this) ? 0 : now().clientRect(this).height;
  };
  for (const prototype of [html, svg]) {
    for (const name of ['offsetWidth', 'clientWidth']) defineGetter(prototype, name, width);
    for (const name of ['offsetHeight', 'clientHeight']) defineGetter(prototype, name, height);
  }

  const getComputedStyle = (of: Element) => {
    const snapshot = now();
    const get = (property: string) => snapshot.style(of, property) || '0px';
    return new Proxy(
      { getPropertyValue: get },
      {
        get: (target, name) =>
          name === 'getPropertyValue'
            ? target.getPropertyValue
            : get(String(name).replace(/[A-Z]/g, (upper) => `-${upper.toLowerCase()}`)),
      },
    );
  };
  const canvas = new Proxy(
    {},
    {
      get: (_, name) =>
        name === 'measureText' ? (text: string) => ({ width: typeface.advance(text, 16) }) : () => undefined,
      set: () => true,
    },
  );
  define(window.HTMLCanvasElement.prototype, 'getContext', () => canvas);
  define(window, 'getComputedStyle', getComputedStyle);
  const requestAnimationFrame = (callback: FrameRequestCallback) =>
    setTimeout(() => {
      callback(performance.now());
    }, 0);
  define(window, 'requestAnimationFrame', requestAnimationFrame);

  const globals: Record<string, unknown> = {
    window,
    document,
    screen: { width: 1000, height: 800, availWidth: 1000, availHeight: 800 },
    CSS: { escape: cssEscape, supports: () => true },
    CSSStyleSheet: Sheet,
    getComputedStyle,
    requestAnimationFrame,
  };
  for (const name of [
    'DOMParser',
    'DocumentFragment',
    'Element',
    'HTMLElement',
    'Image',
    'MutationObserver',
    'Node',
    'NodeFilter',
    'Option',
    'SVGElement',
    'XMLSerializer',
  ])
    globals[name] = window[name];
  for (const [name, value] of Object.entries(globals)) define(globalThis, name, value);
  return { document, measure };
}
