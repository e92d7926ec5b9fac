import type { Measure } from '../draw/measure.ts';
import type { Drawing } from '../draw/request.ts';
import { markParts } from './parts.ts';
import type { Edge } from './parts.ts';
import { INHERITED } from '../draw/css.ts';
import { numbers, union } from '../draw/geometry.ts';
import {
  centreStateLabels,
  cutLifelines,
  dropForeign,
  joinWords,
  mergeOutlines,
  openGroups,
  resolvePercentages,
  tidyAttributes,
} from './tidy.ts';
import { checkLabels, textBox } from './check.ts';
import { clearCrowsFeet } from './crows-feet.ts';
import { paint } from './paint.ts';
import { shortenNames } from './names.ts';

/** Room in px around Mermaid's own box, which does not count strokes. */
const MARGIN = 4;

/** What Mermaid drew, attached to a document, with what it knows of its edges. */
export interface Raw {
  svg: SVGSVGElement;
  kind: string;
  edges: readonly Edge[];
}

/**
 * Turns Mermaid's `<svg>` into small static markup without styles, classes or scripts.
 * @param steps for each step of the walk-through, the parts it names
 */
export function finish(
  { svg, kind, edges }: Raw,
  measure: Measure,
  steps: readonly (readonly string[])[],
): Drawing {
  const faults = markParts(svg, steps, edges);
  dropForeign(svg);
  clearCrowsFeet(svg);
  centreStateLabels(svg, measure.of(svg.ownerDocument));
  resolvePercentages(svg);
  cutLifelines(svg);
  paint(svg);
  tidyAttributes(svg);
  joinWords(svg);
  mergeOutlines(svg);
  shortenNames(svg);
  openGroups(svg);
  const snapshot = measure.of(svg.ownerDocument);
  const runs = [...svg.querySelectorAll('text')].flatMap((text) => snapshot.textRuns(text));
  const smallestText = Math.min(
    16,
    ...runs.filter(({ text }) => text.trim() !== '').map(({ fontSize }) => fontSize),
  );
  const [x = 0, y = 0, w = 100, h = 100] = numbers(svg.getAttribute('viewBox') ?? '');
  const words = textBox(svg, snapshot);
  const own = { x, y, width: w, height: h };
  const box = words ? union(own, words) : own;
  const width = Math.ceil(box.width + 2 * MARGIN);
  const height = Math.ceil(box.height + 2 * MARGIN);
  const tenth = (n: number) => Math.round(n * 10) / 10;
  return {
    kind,
    body: markup(svg),
    viewBox: `${tenth(box.x - MARGIN)} ${tenth(box.y - MARGIN)} ${width} ${height}`,
    width,
    height,
    smallestText,
    faults: [...faults, ...checkLabels(svg, snapshot)],
  };
}

/** Everything inside the `<svg>`, with what its root set for all in a group. */
function markup(svg: SVGSVGElement): string {
  const inherited = [...svg.attributes].filter(({ name }) => INHERITED.has(name));
  const attributes = inherited.map(({ name, value }) => ` ${name}="${value}"`).join('');
  const inner = svg.innerHTML
    .replace(/><\/(?:circle|ellipse|image|line|path|polygon|polyline|rect|stop|use)>/g, '/>')
    .replace(/\n\s*/g, ' ');
  return `<g${attributes}>${inner}</g>`;
}
