import { hsl } from 'd3-color';
import type { HSLColor } from 'd3-color';
import { unmark } from '../draw/tokens.ts';
import type { SERIES, Token } from '../draw/tokens.ts';

/** What a colour is for: letters and the rim around them, lines, areas, and areas under a label. */
export type Role = 'text' | 'rim' | 'line' | 'fill' | 'ground';

/** What `fill`, `stroke` or `stop-color` of an element is for. */
export function roleOf(element: Element, property: string): Role {
  const isText = element.localName === 'text' || element.localName === 'tspan';
  if (property === 'stroke') return isText ? 'rim' : 'line';
  if (isText) return 'text';
  return element.closest('g.node')?.querySelector('text') ? 'ground' : 'fill';
}

/** Where a hue of the palette stands on the wheel, in degrees. */
const WHEEL: readonly (readonly [number, (typeof SERIES)[number]])[] = [
  [0, 'danger'],
  [40, 'caution'],
  [130, 'success'],
  [183, 'teal'],
  [217, 'accent'],
  [268, 'violet'],
  [320, 'magenta'],
  [360, 'danger'],
];

/** Below this saturation a colour counts as grey; above this lightness, as a wash. */
const [GREY, WASH] = [0.12, 0.88];

function hueToken({ h, l }: HSLColor, role: Role): Token {
  const [, name] = WHEEL.reduce((best, next) =>
    Math.abs(next[0] - h) < Math.abs(best[0] - h) ? next : best,
  );
  if (role === 'ground') return `${name}-wash`;
  return role === 'fill' && l > WASH ? `${name}-wash` : name;
}

/** Greys that Mermaid has in its code: the token that does the same work on the site's board. */
function greyToken(lightness: number, role: Role): Token {
  if (role === 'rim') return 'board';
  if (role === 'text') return 'ink';
  if (role === 'line') return lightness > 0.8 ? 'rule' : 'ink-soft';
  if (role === 'ground' && lightness < 0.8) return 'board-sunk';
  if (lightness > 0.96) return 'board-raised';
  if (lightness > 0.8) return 'board-sunk';
  return lightness > 0.43 ? 'rule-strong' : 'ink';
}

/**
 * A colour in the words of the site. Marks become their tokens; colours that Mermaid or a source brings along become
 * the token nearest in kind, so that they change with the theme like all others.
 * @returns what to write, with the opacity to go with it
 */
export function recolour(colour: string, role: Role): { paint: string; alpha: number } {
  if (/^transparent$/i.test(colour)) return { paint: 'none', alpha: 1 };
  const marked = unmark(colour);
  if (marked) return { paint: `var(--${marked.token})`, alpha: marked.alpha };
  const parsed = hsl(colour);
  // Not a colour: none, url(#…), context-stroke.
  if (Number.isNaN(parsed.l)) return { paint: colour, alpha: 1 };
  const isGrey = Number.isNaN(parsed.h) || parsed.s < GREY || parsed.l > 0.98 || parsed.l < 0.02;
  const token = isGrey ? greyToken(parsed.l, role) : hueToken(parsed, role);
  return { paint: `var(--${token})`, alpha: parsed.opacity };
}
