/** The public face of the labs: what a lab file imports. */
export { lab } from './definition.ts';
export type { FactValue, Lab, LabContext, Point, Scalar, Series, Step, Table } from './definition.ts';
export type {
  Database,
  Outcome,
  Pending,
  Plan,
  PostgresInstance,
  Session,
} from './engines/postgres/index.ts';
export type { NodeProcess, NodeRun, NodeVersion } from './engines/node.ts';
