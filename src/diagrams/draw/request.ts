/** What the drawing thread is asked for. */
export interface Request {
  source: string;
  /** For each step of a walk-through, the parts it names (see `readFence`). */
  steps: readonly (readonly string[])[];
}

/** A finished drawing, independent of the page it goes into. */
export interface Drawing {
  /** Mermaid's name of the diagram's kind, such as `sequence`. */
  kind: string;
  /** Markup inside `<svg>`; names in it still lack their prefix (see `withPrefix`). */
  body: string;
  viewBox: string;
  /** Natural size in px. */
  width: number;
  height: number;
  /** Font size in px of the smallest text at natural size. */
  smallestText: number;
  faults: readonly Fault[];
}

/** What a reader could not read (clipped or overlapping labels), or a step that names nothing. */
export interface Fault {
  message: string;
  /** Index of the step at fault. */
  step?: number;
}

/** What comes back for request `n`. */
export type Reply =
  | { n: number; drawing: Drawing; milliseconds: { layout: number; finish: number } }
  | { n: number; error: string; line: number | undefined };
