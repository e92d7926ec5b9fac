import { mapBox, mapPoint, union } from '../draw/geometry.ts';
import type { Box, Point } from '../draw/geometry.ts';
import type { Snapshot } from '../draw/measure.ts';
import type { Fault } from '../draw/request.ts';

/** A line of text on the board: its four corners, in the drawing's own coordinates. */
interface Label {
  words: string;
  element: Element;
  corners: readonly Point[];
  height: number;
  colour: string;
}

/** A filled shape that labels may stand on or under. */
interface Shape {
  element: Element;
  box: Box;
}

/** Letters leave some of their line box empty: this share of its height, above and below, may overlap freely. */
const AIR = { above: 0.22, below: 0.12 };
/** What may stick out of a shape, in px, before it counts. */
const TOLERANCE = 1.5;

function labels(svg: SVGSVGElement, snapshot: Snapshot): Label[] {
  return [...svg.querySelectorAll('text')].flatMap((element) => {
    const matrix = snapshot.toRoot(element);
    return snapshot
      .textRuns(element)
      .filter(({ text }) => text.trim() !== '')
      .map(({ text, owners, x, y, width, height }) => {
        const top = y + height * AIR.above;
        const bottom = y + height * (1 - AIR.below);
        const box = [
          { x, y: top },
          { x: x + width, y: top },
          { x: x + width, y: bottom },
          { x, y: bottom },
        ];
        return {
          words: text.trim(),
          element,
          height,
          corners: box.map((corner) => mapPoint(matrix, corner)),
          colour: snapshot.style(owners.at(-1) ?? element, 'fill'),
        };
      });
  });
}

function shapes(svg: SVGSVGElement, snapshot: Snapshot): Shape[] {
  return [...svg.querySelectorAll('rect, circle, ellipse, polygon, path')]
    .filter((element) => {
      if (
        element.closest('clipPath, defs, marker, mask, pattern, symbol') ||
        snapshot.style(element, 'fill') === 'none'
      )
        return false;
      const opacities = ['opacity', 'fill-opacity'].map((name) => Number(snapshot.style(element, name) || 1));
      return opacities.every((opacity) => opacity > 0.5);
    })
    .map((element) => ({ element, box: mapBox(snapshot.toRoot(element), snapshot.bbox(element)) }))
    .filter(({ box }) => box.width > 0 && box.height > 0);
}

/** Projects onto the normals of both outlines: two convex shapes overlap when no normal separates them. */
function overlap(a: readonly Point[], b: readonly Point[]): boolean {
  for (const outline of [a, b])
    for (const [i, from] of outline.entries()) {
      const to = outline[(i + 1) % outline.length] ?? from;
      const normal = { x: to.y - from.y, y: from.x - to.x };
      const length = Math.hypot(normal.x, normal.y) || 1;
      const along = (points: readonly Point[]) =>
        points.map((point) => (point.x * normal.x + point.y * normal.y) / length);
      const [first, second] = [along(a), along(b)];
      if (Math.max(...first) - TOLERANCE < Math.min(...second)) return false;
      if (Math.max(...second) - TOLERANCE < Math.min(...first)) return false;
    }
  return true;
}

const holds = (box: Box, { x, y }: Point) =>
  x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;

const centre = (corners: readonly Point[]): Point => ({
  x: corners.reduce((sum, { x }) => sum + x, 0) / corners.length,
  y: corners.reduce((sum, { y }) => sum + y, 0) / corners.length,
});

const comesAfter = (a: Element, b: Element) => (b.compareDocumentPosition(a) & 4) !== 0;

/** False for parts of one text, and for the rim under a text, which is the same text once more. */
function isOther(a: Label, b: Label): boolean {
  if (a.element === b.element) return false;
  return (
    a.words !== b.words ||
    Math.hypot(centre(a.corners).x - centre(b.corners).x, centre(a.corners).y - centre(b.corners).y) > 1
  );
}

/**
 * Looks for labels that cannot be read in a finished drawing: wider or taller than the shape they stand on, under a
 * later shape, in its colour, or across one another. Works on measured boxes; lines that cross labels are not looked at.
 */
export function checkLabels(svg: SVGSVGElement, snapshot: Snapshot): Fault[] {
  const all = labels(svg, snapshot);
  const grounds = shapes(svg, snapshot);
  const messages = new Set<string>();
  for (const { words, element, corners, height, colour } of all) {
    const middle = centre(corners);
    const around = grounds
      .filter(({ box }) => holds(box, middle) && Math.min(box.width, box.height) >= height * 0.8)
      .sort((a, b) => a.box.width * a.box.height - b.box.width * b.box.height);
    if (around.some((shape) => comesAfter(shape.element, element)))
      messages.add(`label "${words}" lies under a shape`);
    const [ground] = around;
    if (!ground) continue;
    if (snapshot.style(ground.element, 'fill') === colour)
      messages.add(`label "${words}" has the colour of its shape`);
    const { box } = ground;
    const wide = { ...box, x: box.x - TOLERANCE, y: box.y - TOLERANCE };
    wide.width += 2 * TOLERANCE;
    wide.height += 2 * TOLERANCE;
    if (!corners.every((corner) => holds(wide, corner)))
      messages.add(`label "${words}" does not fit into its shape: shorten it, or break it with <br>`);
  }
  all.forEach((label, i) => {
    for (const other of all.slice(i + 1))
      if (isOther(label, other) && overlap(label.corners, other.corners))
        messages.add(`labels "${label.words}" and "${other.words}" overlap`);
  });
  return [...messages].map((message) => ({ message }));
}

/** The box around all text, in the drawing's own coordinates: Mermaid lets some labels reach out of its picture. */
export function textBox(svg: SVGSVGElement, snapshot: Snapshot): Box | undefined {
  return [...svg.querySelectorAll('text')]
    .flatMap((element) => snapshot.textRuns(element).map((run) => mapBox(snapshot.toRoot(element), run)))
    .reduce<Box | undefined>(union, undefined);
}
