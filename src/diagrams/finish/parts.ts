import type { Fault } from '../draw/request.ts';

/** An edge as Mermaid's own data has it: the name of its path, and the nodes at its ends. */
export interface Edge {
  id: string;
  start: string;
  end: string;
}

/** What Mermaid puts before a writer's id in the ids of its elements; a running number comes after. */
const KIND_PREFIX = /^(?:flowchart|state|entity|classId|service|group|junction)-/;

/** The writer's name of a node, from the id of its element (without the drawing's own prefix). */
function writersName(id: string): string {
  return id.replace(KIND_PREFIX, '').replace(/-\d+$/, '');
}

/** Names that steps may use, with the elements that each one means. */
type Index = Map<string, Element[]>;

function add(index: Index, name: string, ...elements: Element[]): void {
  index.set(name, [...(index.get(name) ?? []), ...elements]);
}

const text = (element: Element) => element.textContent.replace(/\s+/g, ' ').trim();

/** A message's arrow with its words before it and its number after it. */
function messageParts(arrow: Element): Element[] {
  const parts = [arrow];
  for (let at = arrow.previousElementSibling; at?.matches('.messageText'); at = at.previousElementSibling)
    parts.push(at);
  for (
    let at = arrow.nextElementSibling;
    at?.matches('[marker-start*="sequencenumber"], .sequenceNumber');
    at = at.nextElementSibling
  )
    parts.push(at);
  return parts;
}

function index(svg: SVGSVGElement, edges: readonly Edge[]): { named: Index; messages: Element[][] } {
  const named: Index = new Map();
  for (const element of svg.querySelectorAll('g[id], rect[id], text[id], [data-id]')) {
    if (element.closest('defs, marker, symbol') || element.matches('[data-et="message"]')) continue;
    const own = element.id.startsWith(`${svg.id}-`) ? element.id.slice(svg.id.length + 1) : '';
    const names = new Set([
      element.getAttribute('data-id') ?? '',
      own.replace(/-text$/, ''),
      writersName(own),
    ]);
    for (const name of names) if (name !== '') add(named, name, element);
  }
  for (const edge of svg.querySelectorAll('path.edge[id]'))
    add(named, edge.id.slice(svg.id.length + 1), edge);
  for (const { id, start, end } of edges)
    add(named, `${writersName(start)}->${writersName(end)}`, ...(named.get(id) ?? []));
  for (const [name, elements] of [...named]) {
    const [, start, end] = /^L_(.+)_(.+)_\d+$/.exec(name) ?? [];
    if (start !== undefined && !named.has(`${start}->${end ?? ''}`))
      add(named, `${start}->${end ?? ''}`, ...elements);
  }
  const messages: Element[][] = [];
  for (const arrow of svg.querySelectorAll('[data-et="message"]')) {
    const parts = messageParts(arrow);
    messages.push(parts);
    add(named, `${arrow.getAttribute('data-from') ?? ''}->${arrow.getAttribute('data-to') ?? ''}`, ...parts);
  }
  return { named, messages };
}

function find(svg: SVGSVGElement, part: string, { named, messages }: ReturnType<typeof index>): Element[] {
  const label = /^"(.*)"$/.exec(part)?.[1];
  if (label !== undefined)
    return [...svg.querySelectorAll('text')].filter((element) => text(element).includes(label));
  const range = /^#(\d+)(?:-(\d+))?$/.exec(part);
  if (range) return messages.slice(Number(range[1]) - 1, Number(range[2] ?? range[1])).flat();
  return named.get(part.replace(/\s*->\s*/, '->')) ?? [];
}

/**
 * Marks what each step of a walk-through concerns: `data-part` holds the numbers of the steps, from 1.
 * @param steps for each step, the parts it names (see `readFence`)
 * @param edges the diagram's edges, for kinds whose paths do not carry the names of their ends
 * @returns a fault for each part that is not in the drawing
 */
export function markParts(
  svg: SVGSVGElement,
  steps: readonly (readonly string[])[],
  edges: readonly Edge[],
): Fault[] {
  if (steps.every((parts) => parts.length === 0)) return [];
  const known = index(svg, edges);
  const faults: Fault[] = [];
  steps.forEach((parts, step) => {
    for (const part of parts) {
      const elements = find(svg, part, known);
      if (elements.length === 0) {
        const names = [...known.named.keys()].filter(
          (name) => /^[A-Za-z][\w.-]*$|->/.test(name) && !/^L_|^id_/.test(name) && !KIND_PREFIX.test(name),
        );
        const messages = known.messages.length > 0 ? `#1-${known.messages.length}, ` : '';
        faults.push({
          step,
          message: `"${part}" is no part of this diagram; it has ${messages}${[...new Set(names)].join(', ')}`,
        });
      }
      for (const element of elements) {
        const numbers = new Set((element.getAttribute('data-part') ?? '').split(' ').filter(Boolean));
        numbers.add(String(step + 1));
        element.setAttribute('data-part', [...numbers].join(' '));
      }
    }
  });
  return faults;
}
