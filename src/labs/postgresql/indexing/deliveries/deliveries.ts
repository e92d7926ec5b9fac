/** The data set that the indexing labs share, and how they look at a plan. */
import { readFileSync } from 'node:fs';
import type { Database } from '#labs/index.ts';

const table = readFileSync(new URL('table.sql', import.meta.url), 'utf8');

/** Creates and fills `delivery` with this many rows (no index but the primary key), with statistics and a visibility map. */
export async function loadDeliveries(db: Database, rows = 200_000): Promise<void> {
  await db.query(`SET deliveries.rows = ${rows}; ${table}`);
  await db.query('VACUUM ANALYZE delivery');
}

/** What a query's plan did. */
export interface Look {
  /** What finds the rows: `Seq Scan`, `Index Scan Backward`, `Bitmap Index Scan`. */
  readonly scan: string;
  /** The index that it uses, if any. */
  readonly index: string | undefined;
  /** All nodes from the root down, depth first. */
  readonly nodes: readonly string[];
  /** Pages of 8 kB touched, cached or not. */
  readonly pages: number;
  /** Rows the query returned, and rows the planner expected from the scan. */
  readonly rows: number;
  readonly expected: number;
  /** Descents from the root of an index, all scans together. */
  readonly searches: number;
  /** Rows that were read and thrown away: by a filter, and by checking a lossy index's answer again. */
  readonly filteredOut: number;
  readonly recheckedOut: number;
  /** Rows an index-only scan had to fetch from the table after all. */
  readonly heapFetches: number;
  /** Execution time in milliseconds. */
  readonly ms: number;
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Scan Direction'?: string;
  readonly 'Index Name'?: string;
  readonly 'Plan Rows': number;
  readonly 'Actual Rows': number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly 'Index Searches'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly 'Heap Fetches'?: number;
  readonly Plans?: readonly PlanNode[];
}

const flatten = (node: PlanNode): readonly PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flatten)];

const kindOf = (node: PlanNode): string =>
  node['Node Type'] + (node['Scan Direction'] === 'Backward' ? ' Backward' : '');

const nameOf = (node: PlanNode): string =>
  kindOf(node) + (node['Index Name'] === undefined ? '' : ` using ${node['Index Name']}`);

/** Runs a query once under EXPLAIN and reads its plan. */
export async function lookOnce(db: Pick<Database, 'value'>, sql: string): Promise<Look> {
  const [output] = await db.value<readonly { Plan: PlanNode; 'Execution Time': number }[]>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`,
  );
  if (!output) throw new Error('EXPLAIN gave no plan.');
  const nodes = flatten(output.Plan);
  const scans = nodes.filter((node) => node['Node Type'].includes('Scan'));
  const scan = scans.find((node) => node['Index Name'] !== undefined) ?? scans[0] ?? output.Plan;
  const sum = (of: (node: PlanNode) => number | undefined): number =>
    nodes.reduce((total, node) => total + (of(node) ?? 0), 0);
  return {
    scan: kindOf(scan),
    index: scan['Index Name'],
    nodes: nodes.map(nameOf),
    pages: output.Plan['Shared Hit Blocks'] + output.Plan['Shared Read Blocks'],
    rows: output.Plan['Actual Rows'],
    expected: scan['Plan Rows'],
    searches: sum((node) => node['Index Searches']),
    filteredOut: sum((node) => node['Rows Removed by Filter']),
    recheckedOut: sum((node) => node['Rows Removed by Index Recheck']),
    heapFetches: sum((node) => node['Heap Fetches']),
    ms: output['Execution Time'],
  };
}

/** Runs a query twice and reads the plan of the leaner run: the first one also reads the catalogue. */
export async function look(db: Pick<Database, 'value'>, sql: string): Promise<Look> {
  const first = await lookOnce(db, sql);
  const second = await lookOnce(db, sql);
  return second.pages <= first.pages ? second : first;
}

/** Whether the planner would read the rows through an index of this name. The query is not run. */
export async function wouldUse(
  db: Pick<Database, 'value'>,
  index: string,
  sql: string,
): Promise<'index' | 'table'> {
  const [output] = await db.value<readonly { Plan: PlanNode }[]>(`EXPLAIN (FORMAT JSON) ${sql}`);
  if (!output) throw new Error('EXPLAIN gave no plan.');
  return flatten(output.Plan).some((node) => node['Index Name'] === index) ? 'index' : 'table';
}

/** The executed plan as PostgreSQL prints it, without costs, times and cache hits, which differ from run to run. */
export async function planText(db: Database, sql: string): Promise<string> {
  const rows = await db.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) ${sql}`,
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

/** The size of a table or index in kB. */
export const kilobytes = (db: Database, relation: string): Promise<number> =>
  db.value<number>('SELECT pg_relation_size($1::regclass) / 1024', [relation]);
