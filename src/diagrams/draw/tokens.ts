import { hsl, rgb } from 'd3-color';

/**
 * Mermaid mixes and inverts the colours it is given, so it gets marks instead: `#fe01NN` stands for the Nth design token
 * of `src/site/styles/tokens.css`, and comes out of the drawing as `var(--token)`. One picture serves light and dark.
 */
export const TOKENS = [
  'board',
  'board-raised',
  'board-sunk',
  'grid',
  'ink',
  'ink-soft',
  'ink-faint',
  'rule',
  'rule-strong',
  'highlight',
  'accent',
  'accent-wash',
  'teal',
  'teal-wash',
  'caution',
  'caution-wash',
  'violet',
  'violet-wash',
  'magenta',
  'magenta-wash',
  'success',
  'success-wash',
  'danger',
  'danger-wash',
] as const;

export type Token = (typeof TOKENS)[number];

/** Hues of a categorical series, in order; each has its `-wash` as a quiet fill. */
export const SERIES = ['accent', 'teal', 'caution', 'violet', 'magenta', 'success', 'danger'] as const;
const WASHES = SERIES.map((name) => `${name}-wash` as const);

/** Classes that writers may put on nodes, edges and areas; everything else about colour is the theme's. */
export const AUTHOR_CLASSES = ['accent', 'danger', 'muted', 'store', 'async'] as const;

export type AuthorClass = (typeof AUTHOR_CLASSES)[number];

const MARK = 'fe01';
const [RED, GREEN] = [0xfe, 0x01];

/** The colour that stands for a token while Mermaid draws. */
export function mark(token: Token): string {
  return `#${MARK}${TOKENS.indexOf(token).toString(16).padStart(2, '0')}`;
}

/** A mark as `rgb()`, for places whose syntax has no `#`. */
export function markRgb(token: Token): string {
  return `rgb(254, 1, ${TOKENS.indexOf(token)})`;
}

/**
 * The token and opacity of a colour that came out of a drawing; undefined for a colour that is no mark. Marks that
 * Mermaid made lighter or darker are known by their hue, which holds the token's number, and their odd saturation.
 */
export function unmark(colour: string): { token: Token; alpha: number } | undefined {
  const { r, g, b: index, opacity } = rgb(colour);
  const exact = r === RED && g === GREEN ? TOKENS[index] : undefined;
  if (exact !== undefined) return { token: exact, alpha: opacity };
  const parsed = hsl(colour);
  if (Number.isNaN(parsed.h) || Math.abs(parsed.s - (RED - GREEN) / 255) > 0.0015) return undefined;
  const { b } = hsl(parsed.h, parsed.s, (RED + GREEN) / 510).rgb();
  const token = TOKENS[Math.round(b)];
  return token === undefined ? undefined : { token, alpha: parsed.opacity };
}

/** The nth colour of a series (from 0); they come round again. */
export const hue = (n: number): Token =>
  SERIES[((n % SERIES.length) + SERIES.length) % SERIES.length] ?? 'accent';
/** The quiet fill that goes with `hue(n)`. */
export const wash = (n: number): Token =>
  WASHES[((n % SERIES.length) + SERIES.length) % SERIES.length] ?? 'accent-wash';
