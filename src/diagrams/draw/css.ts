/** One `property: value` pair. */
export interface Declaration {
  property: string;
  value: string;
  important: boolean;
}

/** One selector of one rule with what it sets. `order` counts through the sheet. */
export interface Rule {
  selector: string;
  specificity: number;
  order: number;
  declarations: Declaration[];
}

/** Cuts at a separator that stands outside brackets and quotes. */
export function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (quote) {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth--;
    else if (char === separator && depth === 0) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/** Reads the inside of a rule or of a `style` attribute. Empty and `undefined` values are dropped. */
export function parseDeclarations(body: string): Declaration[] {
  const out: Declaration[] = [];
  for (const part of splitOutside(body, ';')) {
    const colon = part.indexOf(':');
    if (colon < 0) continue;
    const property = part.slice(0, colon).trim().toLowerCase();
    const raw = part.slice(colon + 1).trim();
    const important = /!\s*important$/i.test(raw);
    const value = raw.replace(/\s*!\s*important$/i, '');
    if (property === '' || value === '' || /^(undefined|null|NaN(px)?)$/.test(value)) continue;
    out.push({ property, value, important });
  }
  return out;
}

/** Specificity as one number: ids count 10 000, classes, attributes and pseudo-classes 100, elements 1. */
export function specificity(selector: string): number {
  const bare = selector.replace(/:(?:not|is)\(([^)]*)\)/g, ' $1');
  const count = (pattern: RegExp) => (bare.match(pattern) ?? []).length;
  const ids = count(/#[\w-]+/g);
  const attributes = count(/\[[^\]]*\]/g);
  const classes = count(/\.(?:\\.|[\w-])+/g) + count(/:(?!:)[\w-]+/g) + attributes;
  const elements = count(/(?:^|[\s>+~])[a-zA-Z][\w-]*/g);
  return ids * 10_000 + classes * 100 + elements;
}

/** Reads a flat style sheet (as Mermaid writes it). At-rules are left out: nothing static needs them. */
export function parseSheet(css: string): Rule[] {
  const text = css.replace(/\/\*[\s\S]*?\*\//g, '');
  const rules: Rule[] = [];
  let order = 0;
  for (let at = 0; ;) {
    const open = text.indexOf('{', at);
    if (open < 0) return rules;
    let depth = 1;
    let close = open + 1;
    for (; close < text.length && depth > 0; close++) {
      if (text.charAt(close) === '{') depth++;
      else if (text.charAt(close) === '}') depth--;
    }
    const prelude = text.slice(at, open).trim();
    if (!prelude.startsWith('@')) {
      const declarations = parseDeclarations(text.slice(open + 1, close - 1));
      for (const part of splitOutside(prelude, ',')) {
        const selector = part.trim();
        if (selector === '' || declarations.length === 0) continue;
        rules.push({ selector, specificity: specificity(selector), order: order++, declarations });
      }
    }
    at = close;
  }
}

/** Properties that children take over from their parents, of those that matter in a static picture. */
export const INHERITED = new Set([
  'clip-rule',
  'color',
  'dominant-baseline',
  'fill',
  'fill-opacity',
  'fill-rule',
  'font-size',
  'font-style',
  'font-weight',
  'font-family',
  'letter-spacing',
  'marker-end',
  'marker-mid',
  'marker-start',
  'paint-order',
  'shape-rendering',
  'stroke',
  'stroke-dasharray',
  'stroke-dashoffset',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-miterlimit',
  'stroke-opacity',
  'stroke-width',
  'text-anchor',
  'visibility',
  'white-space',
  'word-spacing',
]);

/** What a selector asks of the element itself: a quick test before the whole selector is tried. */
interface Subject {
  tag: string | undefined;
  names: readonly string[];
}

function subjectOf(selector: string): Subject {
  const bare = selector.replace(/\[[^\]]*\]|:[\w-]+(?:\([^()]*\))?/g, '');
  const last = /[^\s>+~]*$/.exec(bare)?.[0] ?? '';
  return {
    tag: /^[a-zA-Z][\w-]*/.exec(last)?.[0],
    names: [...last.matchAll(/\.((?:\\.|[\w-])+)/g)].map(([, name = '']) => name.replace(/\\/g, '')),
  };
}

interface Candidate {
  selector: string;
  subject: Subject;
  value: string;
  rank: number;
}

const IMPORTANT = 1e12;
const INLINE = 1e11;

/**
 * Which declared value wins on an element: Mermaid's own sheets, `style` attributes and presentation attributes, in the
 * order CSS gives them.
 */
export class Cascade {
  readonly #byProperty = new Map<string, Candidate[]>();
  readonly #inline = new Map<string, Declaration[]>();

  constructor(css: string) {
    for (const rule of parseSheet(css)) {
      if (/::|:(?:hover|focus|active|root)/.test(rule.selector)) continue;
      for (const { property, value, important } of rule.declarations) {
        const list = this.#byProperty.get(property) ?? [];
        const rank = (important ? IMPORTANT : 0) + rule.specificity * 1e5 + rule.order;
        list.push({ selector: rule.selector, subject: subjectOf(rule.selector), value, rank });
        this.#byProperty.set(property, list);
      }
    }
    for (const list of this.#byProperty.values()) list.sort((a, b) => b.rank - a.rank);
  }

  /** The winning declared value of `property` on `element` itself, nothing inherited; undefined when there is none. */
  declared(element: Element, property: string): string | undefined {
    const value = this.#declared(element, property);
    if (!value?.includes('var(--m')) return value;
    return value.replace(
      /var\((--m[\w-]+)(?:,([^()]*))?\)/g,
      (_, name: string, fallback: string | undefined) =>
        this.#custom(element, name) ?? fallback?.trim() ?? '',
    );
  }

  /** A custom property of Mermaid's, from the element or its nearest ancestor that sets it. */
  #custom(element: Element, name: string): string | undefined {
    for (let at: Element | null = element; at; at = at.parentElement) {
      const value = this.#declared(at, name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  #declared(element: Element, property: string): string | undefined {
    const inline = this.#inlineOf(element).findLast((declaration) => declaration.property === property);
    if (inline?.important) return inline.value;
    const candidates = this.#byProperty.get(property);
    const classes = candidates && ` ${element.getAttribute('class') ?? ''} `.replace(/\s/g, ' ');
    for (const { selector, subject, value, rank } of candidates ?? []) {
      if (inline && rank < INLINE) break;
      if (subject.tag !== undefined && subject.tag !== element.localName) continue;
      if (!subject.names.every((name) => classes?.includes(` ${name} `))) continue;
      if (matches(element, selector)) return value;
    }
    return inline?.value ?? (element.getAttribute(property) || undefined);
  }

  #inlineOf(element: Element): Declaration[] {
    const style = element.getAttribute('style');
    if (!style) return [];
    let parsed = this.#inline.get(style);
    if (!parsed) {
      parsed = parseDeclarations(style);
      this.#inline.set(style, parsed);
    }
    return parsed;
  }
}

/** `element.matches`, with selectors that no engine can read counted as no match, as a browser drops their rule. */
function matches(element: Element, selector: string): boolean {
  try {
    return element.matches(selector);
  } catch {
    return false;
  }
}
