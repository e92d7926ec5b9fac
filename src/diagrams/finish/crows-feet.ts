import { numbers, pathLength, pathPoint } from '../draw/geometry.ts';

/** How far an end's symbol reaches along its line, in px. */
function reach(svg: SVGSVGElement, line: Element, end: 'start' | 'end'): number {
  const id = /#([^"')]+)/.exec(line.getAttribute(`marker-${end}`) ?? '')?.[1];
  const marker =
    id === undefined ? undefined : [...svg.querySelectorAll('marker')].find((each) => each.id === id);
  if (!marker) return 0;
  const [refX, width] = ['refX', 'markerWidth'].map((name) => Number(marker.getAttribute(name) ?? 0));
  return end === 'end' ? (refX ?? 0) : (width ?? 0) - (refX ?? 0);
}

/**
 * Moves the labels of entity relations to the middle of what the symbols at both ends leave free of their lines:
 * Mermaid sets them in the middle of the whole line, where they cover a crow's foot. Call before `paint`.
 */
export function clearCrowsFeet(svg: SVGSVGElement): void {
  for (const line of svg.querySelectorAll('path.relationshipLine')) {
    const name = line.getAttribute('data-id');
    const label = [...svg.querySelectorAll('.edgeLabel > .label')].find(
      (each) => each.getAttribute('data-id') === name,
    );
    const place = label?.closest('.edgeLabel');
    const d = line.getAttribute('d') ?? '';
    if (!place || !/translate/.test(place.getAttribute('transform') ?? '')) continue;
    const length = pathLength(d);
    const [x = 0, y = 0] = numbers(place.getAttribute('transform') ?? '');
    const middle = pathPoint(d, length / 2);
    const free = pathPoint(d, (reach(svg, line, 'start') + length - reach(svg, line, 'end')) / 2);
    place.setAttribute('transform', `translate(${x + free.x - middle.x},${y + free.y - middle.y})`);
  }
}
