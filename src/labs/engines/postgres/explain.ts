/** Reads the JSON that EXPLAIN gives. Pure. */

/** What a plan did, boiled down to what a lab asserts. */
export interface Plan {
  /** The nodes from the root down, depth first, each with its index or table: `Index Scan using ev_ts on ev`. */
  readonly nodes: readonly string[];
  /** Pages of 8 kB that the whole query touched, in cache or not. */
  readonly buffers: number;
  /** Rows that the root returned. */
  readonly rows: number;
  /** Descents into B-trees, summed (PostgreSQL 18). */
  readonly searches: number;
  /** Execution time in milliseconds. */
  readonly ms: number;
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Index Searches'?: number;
  readonly Plans?: readonly Node[];
}

/** One element of the array that `EXPLAIN (FORMAT JSON)` gives. */
export interface ExplainOutput {
  readonly Plan: Node;
  readonly 'Execution Time'?: number;
}

const flatten = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(flatten)];

const label = (node: Node): string =>
  [
    node['Node Type'],
    node['Index Name'] === undefined ? '' : ` using ${node['Index Name']}`,
    node['Relation Name'] === undefined ? '' : ` on ${node['Relation Name']}`,
  ].join('');

/** Boils EXPLAIN's output down. Figures of a plan that was not executed are 0. */
export function readPlan(output: ExplainOutput): Plan {
  const nodes = flatten(output.Plan);
  const root = output.Plan;
  return {
    nodes: nodes.map(label),
    buffers: (root['Shared Hit Blocks'] ?? 0) + (root['Shared Read Blocks'] ?? 0),
    rows: (root['Actual Rows'] ?? 0) * (root['Actual Loops'] ?? 1),
    searches: nodes.reduce((sum, node) => sum + (node['Index Searches'] ?? 0), 0),
    ms: output['Execution Time'] ?? 0,
  };
}
