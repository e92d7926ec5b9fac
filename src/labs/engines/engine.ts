/** The small interface behind which every engine stands. */

/** What an engine may ask of the lab that uses it. */
export interface Host {
  /** The folder of the guide's labs (absolute): relative files are looked up here. */
  readonly labFolder: string;
  /** Runs when the lab ends; last registered runs first. */
  readonly defer: (cleanUp: () => unknown) => void;
  /** A new empty folder, removed when the lab ends. */
  readonly folder: () => Promise<string>;
  /** A free TCP port on 127.0.0.1. */
  readonly port: () => Promise<number>;
  /** Notes that this engine took part in the lab. */
  readonly used: (engine: string, version: string) => void;
  /** Adds a step to the trace. */
  readonly step: (step: import('../definition.ts').Step) => void;
  /** The server that all labs of a run share, started on first use. */
  readonly sharedPostgres: () => Promise<{ readonly port: number; readonly socketFolder: string }>;
}

/** An engine: what it is called, where it comes from, and how a lab opens it. */
export interface Engine<Open> {
  /** As it is written for readers: `PostgreSQL`. */
  readonly label: string;
  /** 1: comes with `npm ci`. 2: a service of the system, found on PATH or by an address variable. */
  readonly tier: 1 | 2;
  /** Why it cannot be used here, and how to mend that; undefined when it can. */
  missing(): Promise<string | undefined>;
  /** What the lab gets under the engine's name. Nothing starts before the lab calls it. */
  open(host: Host): Open;
}

/** An engine is not there. The lab is then skipped by name, or fails in strict mode. */
export class EngineMissing extends Error {
  override readonly name = 'EngineMissing';
}
