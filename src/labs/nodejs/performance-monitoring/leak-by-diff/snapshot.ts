/** Reads V8's heap snapshots: how many objects of each class there are, and what keeps one of them alive. */
import { readFileSync } from 'node:fs';

/** The parts of the file that are used. Nodes and edges are flat lists of numbers, cut by the fields of `meta`. */
interface File {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly (readonly string[])[];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly (readonly string[])[];
    };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

/** Edges inside V8's own structures: contexts, hash tables, numbered slots, the root's groups. */
const ofTheEngine = /^(context|previous|table|\d+|\[\d\d?\])$/;

/** A snapshot, as far as a diff needs it. */
export interface Snapshot {
  /** Objects of a class. */
  count(name: string): number;
  /** The names along the shortest way from the root to an object of a class, without weak references and the engine's own edges. */
  path(name: string): readonly string[];
}

/** Reads a `.heapsnapshot` file. */
export function readSnapshot(file: string): Snapshot {
  const { snapshot, nodes, edges, strings } = JSON.parse(readFileSync(file, 'utf8')) as File;
  const { node_fields, node_types, edge_fields, edge_types } = snapshot.meta;
  const [width, edgeWidth] = [node_fields.length, edge_fields.length];
  const at = (list: readonly number[], index: number): number => list[index] ?? 0;
  const field = (name: string) => node_fields.indexOf(name);
  const [typeField, nameField, edgesField] = [field('type'), field('name'), field('edge_count')];
  const nameOf = (node: number) => strings[at(nodes, node + nameField)] ?? '';
  const typeOf = (node: number) => node_types[0]?.[at(nodes, node + typeField)] ?? '';

  const count = (name: string): number => {
    let objects = 0;
    for (let node = 0; node < nodes.length; node += width) {
      if (typeOf(node) === 'object' && nameOf(node) === name) objects++;
    }
    return objects;
  };

  const path = (name: string): readonly string[] => {
    const firstEdge = new Map<number, number>();
    for (let node = 0, edge = 0; node < nodes.length; node += width) {
      firstEdge.set(node, edge);
      edge += at(nodes, node + edgesField) * edgeWidth;
    }
    const cameBy = new Map<number, { from: number; label: string }>([[0, { from: -1, label: '' }]]);
    const queue = [0];
    for (const node of queue) {
      if (typeOf(node) === 'object' && nameOf(node) === name) {
        const labels: string[] = [];
        for (let each = node; each > 0; each = cameBy.get(each)?.from ?? -1) {
          labels.unshift(cameBy.get(each)?.label ?? '');
        }
        return [...labels.filter((label) => label && !ofTheEngine.test(label)), name];
      }
      const start = firstEdge.get(node) ?? 0;
      const end = start + at(nodes, node + edgesField) * edgeWidth;
      for (let edge = start; edge < end; edge += edgeWidth) {
        const type = edge_types[0]?.[at(edges, edge)] ?? '';
        const to = at(edges, edge + 2);
        if (type === 'weak' || type === 'shortcut' || cameBy.has(to)) continue;
        const key = at(edges, edge + 1);
        cameBy.set(to, {
          from: node,
          label: type === 'element' ? `[${key}]` : type === 'hidden' ? '' : (strings[key] ?? ''),
        });
        queue.push(to);
      }
    }
    return [];
  };
  return { count, path };
}
