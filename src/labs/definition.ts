/** What a lab is: the shape its file exports and the shapes it reports. Pure types and one checking constructor. */
import type { Engines, EngineName } from './engines/index.ts';
import type { Truthy } from './engines/until.ts';

/** A single value of a fact. Numbers must be finite. */
export type Scalar = string | number | boolean | null;

/** A fact with columns: every row has as many cells as there are columns. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Scalar[])[];
}

/** The value of a fact: a scalar (text of several lines is shown as an output block), a list, or a table. */
export type FactValue = Scalar | readonly Scalar[] | Table;

/** One step of a trace: who did what, with which result. */
export interface Step {
  /** The actor; each actor is a lane of the step-through (`T1`, `client`, `event loop`). */
  readonly who: string;
  /** What it did: SQL, a call, a message. Shown as code. */
  readonly does: string;
  /** What came back. */
  readonly result?: string;
  /** `waits` and `fails` are marked on the page; default `ok`. */
  readonly outcome?: 'ok' | 'waits' | 'fails';
  /** One sentence on why this step matters. */
  readonly note?: string;
  /** The phase the whole system is in (`poll`, `pod 2 draining`). */
  readonly phase?: string;
  /** Named queues or pieces of state after this step, each a list from front to back: `{ microtasks: ['p1', 'p2'] }`. */
  readonly queues?: Readonly<Record<string, readonly string[]>>;
}

/** A point of a plot: a number or a category, and its value. */
export type Point = readonly [x: number | string, y: number];

/** Data for a plot. */
export interface Series {
  /** What the x axis counts, and its unit if it has one. */
  readonly x: string;
  readonly xUnit?: string;
  /** What the y axis counts, and its unit if it has one. */
  readonly y: string;
  readonly unit?: string;
  /** `line` for a number on the x axis, `bar` for categories; default by the first point. */
  readonly kind?: 'line' | 'bar';
  /** True when the values are computed, not measured: then they are asserted like facts. */
  readonly exact?: boolean;
  /** One line, or several by name. */
  readonly points: readonly Point[] | Readonly<Record<string, readonly Point[]>>;
}

/** What a lab reports with. */
export interface Reporting {
  /**
   * States a fact: compared exactly with the recorded one on every run. It must be the same on every machine at any load.
   * `name` is unique in the lab; in a guide `[lab:<lab>/<name in kebab-case>]` prints the value.
   */
  readonly fact: (name: string, value: FactValue, unit?: string) => void;
  /** Records a measurement (time, rate, size): kept with engine versions and date, never compared. Rounded to three significant digits. */
  readonly measure: (name: string, value: number, unit: string) => void;
  /** Asserts a sign or ratio; the lab fails when `condition` is false. Word `name` as the statement that holds. */
  readonly holds: (name: string, condition: boolean) => void;
  /** Records data for a plot. */
  readonly series: (name: string, series: Series) => void;
  /** Adds a step to the trace. Steps are compared exactly, so keep times out of them. */
  readonly step: (step: Step) => void;
  /** Starts another trace with its own title; later steps belong to it. */
  readonly scene: (title: string) => void;
}

/** What every lab may use besides its engines. */
export interface Tools {
  /** Makes a new empty folder, removed when the lab ends. */
  readonly folder: () => Promise<string>;
  /** A TCP port on 127.0.0.1 that is free now. */
  readonly port: () => Promise<number>;
  /** Runs when the lab ends, however it ends; the last one registered runs first. */
  readonly defer: (cleanUp: () => unknown) => void;
  /** Resolves after so many milliseconds. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Calls `condition` every few milliseconds until it gives something truthy, which is returned; throws after `timeout` ms (default 10,000), naming `what`. */
  readonly until: <T>(what: string, condition: () => T | Promise<T>, timeout?: number) => Promise<Truthy<T>>;
}

/** What `run` is given. */
export type LabContext = Reporting & Tools & Engines;

/** A lab: a claim and the program that proves it. */
export interface Lab {
  /** Short heading. */
  readonly title: string;
  /** One sentence that the program proves. */
  readonly claim: string;
  /** What it needs. An engine that is not named here cannot be used. */
  readonly engines: readonly EngineName[];
  /** True for a lab whose ratios need the machine for itself: it never runs beside another. */
  readonly alone?: boolean;
  /** Seconds until the lab is ended as hanging; default 60. */
  readonly timeout?: number;
  readonly run: (context: LabContext) => Promise<void>;
}

/**
 * Declares a lab. Every lab file exports one as its default.
 * @throws {TypeError} when title or claim is empty, or no engine is named.
 */
export function lab(definition: Lab): Lab {
  if (!definition.title.trim()) throw new TypeError('A lab needs a title.');
  if (!definition.claim.trim())
    throw new TypeError(`The lab “${definition.title}” needs a claim: the sentence it proves.`);
  if (definition.engines.length === 0) {
    throw new TypeError(
      `The lab “${definition.title}” names no engine. See src/labs/README.md for the list.`,
    );
  }
  return definition;
}
