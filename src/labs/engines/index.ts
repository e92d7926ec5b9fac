/** All engines by the name under which labs ask for them. */
import type { Engine } from './engine.ts';
import { node } from './node.ts';
import { postgres } from './postgres/index.ts';

export const engines = { postgres, node };

/** The name of an engine. */
export type EngineName = keyof typeof engines;

/** What a lab gets for each engine. */
export type Engines = {
  readonly [Name in EngineName]: (typeof engines)[Name] extends Engine<infer Open> ? Open : never;
};
