/** The recorded result of a lab: its shape, how a run fills it, how it is written and how two of them are compared. Pure. */
import type { FactValue, Point, Reporting, Series, Step, Table } from './definition.ts';
import { slug } from './slug.ts';

/** A recorded fact. */
export interface Fact {
  readonly name: string;
  readonly value: FactValue;
  readonly unit?: string;
}

/** A recorded measurement. */
export interface Measure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** A trace: the steps of one scene; the title is empty when the lab has only one. */
export interface Trace {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** Recorded plot data: always by line; a single nameless line has the key ''. */
export interface Plot extends Omit<Series, 'points'> {
  readonly name: string;
  readonly kind: 'line' | 'bar';
  readonly points: Readonly<Record<string, readonly Point[]>>;
}

/** What a run proves: the same on every machine, compared exactly. */
export interface Proven {
  readonly title: string;
  readonly claim: string;
  readonly facts: readonly Fact[];
  /** The statements that held. */
  readonly holds: readonly string[];
  readonly traces: readonly Trace[];
}

/** What a run measured, on which day, with which versions. */
export interface Measured {
  /** ISO date, UTC. */
  readonly on: string;
  /** Name and version of what ran, by name. */
  readonly with: Readonly<Record<string, string>>;
  /** The machine, in a few words. */
  readonly machine: string;
  readonly measures: readonly Measure[];
  readonly plots: readonly Plot[];
}

/** The content of `<lab>.result.json`. */
export interface Result extends Proven {
  readonly measured: Measured;
}

/** A statement that did not hold, or nothing. */
export interface Recording {
  readonly result: Result;
  /** Statements given to `holds` that were false. */
  readonly broken: readonly string[];
}

/** Fills a result from what a lab reports. */
export interface Recorder extends Reporting {
  /** Notes that an engine of this version took part. */
  readonly used: (engine: string, version: string) => void;
  readonly finish: () => Recording;
}

const checkValue = (name: string, value: unknown): void => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  const seen = typeof value === 'number' ? String(value) : `a value of type ${typeof value}`;
  throw new TypeError(
    `The fact “${name}” holds ${seen}; facts are made of text, finite numbers, booleans and null.`,
  );
};

const isTable = (value: FactValue): value is Extract<FactValue, { columns: unknown }> =>
  typeof value === 'object' && value !== null && 'columns' in value;

const checkFact = (name: string, value: FactValue): void => {
  if (Array.isArray(value)) {
    for (const item of value) checkValue(name, item);
  } else if (typeof value === 'object' && value !== null && isTable(value)) {
    for (const row of value.rows) {
      if (row.length !== value.columns.length) {
        throw new TypeError(
          `The fact “${name}” has ${value.columns.length} columns, but a row of ${row.length} cells: ${JSON.stringify(row)}.`,
        );
      }
      for (const cell of row) checkValue(name, cell);
    }
  } else checkValue(name, value);
};

/** Three significant digits, and whole numbers above 1,000: more is noise in a measurement. */
export const round = (value: number): number =>
  Math.abs(value) >= 1000 ? Math.round(Number(value.toPrecision(3))) : Number(value.toPrecision(3));

/**
 * A recorder for one run.
 * @param lab title and claim, copied into the result.
 * @param stamp the ISO date of the run and a short description of the machine.
 */
export function recorder(
  lab: { readonly title: string; readonly claim: string },
  stamp: { readonly on: string; readonly machine: string },
): Recorder {
  const facts: Fact[] = [];
  const measures: Measure[] = [];
  const plots: Plot[] = [];
  const holds: string[] = [];
  const broken: string[] = [];
  const traces: { title: string; steps: Step[] }[] = [];
  const versions: Record<string, string> = {};
  const taken = new Set<string>();

  const take = (name: string): void => {
    const key = slug(name);
    if (!key) throw new TypeError('A fact, measure or series needs a name.');
    if (taken.has(key))
      throw new TypeError(
        `Two results are named “${name}”. Give each its own name, so that a guide can refer to it.`,
      );
    taken.add(key);
  };

  return {
    fact(name, value, unit) {
      take(name);
      checkFact(name, value);
      facts.push({ name, value, ...(unit === undefined ? {} : { unit }) });
    },
    measure(name, value, unit) {
      take(name);
      if (!Number.isFinite(value))
        throw new TypeError(`The measure “${name}” is ${value}, which is not a finite number.`);
      measures.push({ name, value: round(value), unit });
    },
    holds(name, condition) {
      (condition ? holds : broken).push(name);
    },
    series(name, { points, ...series }) {
      take(name);
      const lines = Array.isArray(points)
        ? { '': points as readonly Point[] }
        : (points as Record<string, readonly Point[]>);
      const all = Object.values(lines).flat();
      const first = all[0];
      if (!first) throw new TypeError(`The series “${name}” has no points.`);
      for (const [, y] of all)
        if (!Number.isFinite(y))
          throw new TypeError(`The series “${name}” holds ${y}, which is not a finite number.`);
      plots.push({
        name,
        ...series,
        kind: series.kind ?? (typeof first[0] === 'number' ? 'line' : 'bar'),
        points: Object.fromEntries(
          Object.entries(lines).map(([line, list]) => [
            line,
            list.map(([x, y]): Point => [x, series.exact === true ? y : round(y)]),
          ]),
        ),
      });
    },
    scene(title) {
      traces.push({ title, steps: [] });
    },
    step(step) {
      if (traces.length === 0) traces.push({ title: '', steps: [] });
      traces.at(-1)?.steps.push(step);
    },
    used(engine, version) {
      versions[engine] ??= version;
    },
    finish() {
      const result: Result = {
        title: lab.title,
        claim: lab.claim,
        facts,
        holds,
        traces: traces.filter(({ steps }) => steps.length > 0),
        measured: {
          on: stamp.on,
          with: Object.fromEntries(Object.entries(versions).sort()),
          machine: stamp.machine,
          measures,
          plots,
        },
      };
      // Through JSON and back, so that what is compared is what will be read: no undefined, no class instances.
      return { result: JSON.parse(JSON.stringify(result)) as Result, broken };
    },
  };
}

/** The text of a result file before formatting: keys always in the order of {@link Result}. */
export function serialise(result: Result): string {
  const { title, claim, facts, holds, traces, measured } = result;
  const { on, machine, measures, plots } = measured;
  return JSON.stringify({
    title,
    claim,
    facts,
    holds,
    traces,
    measured: { on, with: measured.with, machine, measures, plots },
  });
}

/** One difference between a recorded result and a run. Both sides are readable text; an absent side is undefined. */
export interface Difference {
  readonly what: string;
  readonly expected?: string;
  readonly seen?: string;
}

const show = (value: FactValue): string =>
  typeof value === 'string'
    ? value
    : typeof value === 'object' && value !== null && isTable(value)
      ? tableText(value)
      : JSON.stringify(value);

/** A table as aligned text. */
export function tableText({ columns, rows }: Table): string {
  const lines = [columns, ...rows].map((row) => row.map((cell) => (cell === null ? '–' : String(cell))));
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => (line[index] ?? '').length)));
  const format = (line: readonly string[]): string =>
    line
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = lines;
  return [format(head), widths.map((width) => '─'.repeat(width)).join('  '), ...body.map(format)].join('\n');
}

/** A step on one line, as it is compared and printed. */
export function stepText(step: Step): string {
  const parts = [`${step.who}: ${step.does}`];
  if (step.result !== undefined) parts.push(`→ ${step.result}`);
  if (step.outcome && step.outcome !== 'ok') parts.push(`(${step.outcome})`);
  if (step.phase !== undefined) parts.push(`[${step.phase}]`);
  for (const [queue, items] of Object.entries(step.queues ?? {}))
    parts.push(`${queue}: ${items.join(', ') || '–'}`);
  return parts.join(' ');
}

const byName = <T extends { readonly name: string }>(items: readonly T[]): Map<string, T> =>
  new Map(items.map((item) => [item.name, item]));

const compareNamed = <T extends { readonly name: string }>(
  kind: string,
  expected: readonly T[],
  seen: readonly T[],
  text: (item: T) => string,
): Difference[] => {
  const [left, right] = [byName(expected), byName(seen)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((name) => {
    const [a, b] = [left.get(name), right.get(name)];
    const [x, y] = [a && text(a), b && text(b)];
    if (x === y) return [];
    return [
      {
        what: `${kind} “${name}”`,
        ...(x === undefined ? {} : { expected: x }),
        ...(y === undefined ? {} : { seen: y }),
      },
    ];
  });
};

/** What of a plot must not drift: its axes and x values, and the y values where they are exact. */
const plotText = (plot: Plot): string =>
  JSON.stringify([
    plot.kind,
    plot.x,
    plot.xUnit,
    plot.y,
    plot.unit,
    Object.entries(plot.points).map(([line, points]) => [
      line,
      points.map(([x, y]) => (plot.exact ? [x, y] : x)),
    ]),
  ]);

const traceText = (trace: Trace): string =>
  trace.steps.map((step) => stepText(step) + (step.note ? ` — ${step.note}` : '')).join('\n');

/**
 * Compares a run with the recorded result. Facts, statements, traces and names of measurements must be the same;
 * measured values, dates and versions may differ.
 */
export function compare(expected: Result, seen: Result): readonly Difference[] {
  const text = (what: string, a: string, b: string): Difference[] =>
    a === b ? [] : [{ what, expected: a, seen: b }];
  const statement = (name: string): { name: string } => ({ name });
  const trace = (item: Trace): Trace & { name: string } => ({ ...item, name: item.title });
  return [
    ...text('title', expected.title, seen.title),
    ...text('claim', expected.claim, seen.claim),
    ...compareNamed(
      'fact',
      expected.facts,
      seen.facts,
      ({ value, unit }) => show(value) + (unit ? ` ${unit}` : ''),
    ),
    ...compareNamed('statement', expected.holds.map(statement), seen.holds.map(statement), () => 'holds'),
    ...compareNamed('trace', expected.traces.map(trace), seen.traces.map(trace), traceText),
    ...compareNamed(
      'measure',
      expected.measured.measures,
      seen.measured.measures,
      ({ unit }) => `in ${unit}`,
    ),
    ...compareNamed('series', expected.measured.plots, seen.measured.plots, plotText),
  ];
}
