/** The geometry of a line plot, in the units of its SVG's viewBox. Pure. */
import type { Plot } from './result.ts';

/** A position on an axis and what stands there. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** One line of the plot. */
export interface Line {
  readonly name: string;
  /** The `points` attribute of a polyline. */
  readonly path: string;
  readonly marks: readonly { readonly x: number; readonly y: number }[];
}

/** Everything the drawing needs. */
export interface LinePlot {
  readonly width: number;
  readonly height: number;
  /** The frame inside the axes. */
  readonly frame: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly lines: readonly Line[];
  /** Whether the x axis is logarithmic, which its title must then say. */
  readonly logarithmic: boolean;
}

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

/** A number on an axis: `0`, `250`, `1.5K`, `2M`. */
const axisNumber = (value: number): string => compact.format(value);

/**
 * Round numbers from 0 (or the smallest value, if it is negative) to above `highest`, in steps of 1, 2, 2.5 or 5 times a power of ten.
 * @param about how many steps to aim at.
 */
export function niceTicks(lowest: number, highest: number, about = 4): number[] {
  const from = Math.min(0, lowest);
  const span = highest - from || 1;
  const power = 10 ** Math.floor(Math.log10(span / about));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => span / candidate <= about + 0.001) ?? 10 * power; // prettier-ignore
  const first = Math.floor(from / step);
  const last = Math.ceil(highest / step - 1e-9);
  return Array.from({ length: Math.max(1, last - first) + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Ticks that stand at least `gap` apart; the first and the last are always among them. */
function spaced(ticks: readonly Tick[], gap: number): Tick[] {
  const last = ticks.at(-1);
  const kept: Tick[] = [];
  for (const tick of ticks) {
    const before = kept.at(-1);
    if (tick === last || !before || (tick.at - before.at >= gap && (!last || last.at - tick.at >= gap)))
      kept.push(tick);
  }
  return kept;
}

/**
 * Lays a plot out. The y axis starts at 0; the x axis is logarithmic when its values are positive and span more than a factor of 50.
 * @throws {TypeError} when an x value is not a number: such data are drawn as bars.
 */
export function layOut(plot: Plot, width = 300, height = 190): LinePlot {
  const entries = Object.entries(plot.points);
  const all = entries.flatMap(([, points]) => points);
  const xs = [...new Set(all.map(([x]) => x))].map((x) => {
    if (typeof x !== 'number') throw new TypeError(`The line plot “${plot.name}” has ${JSON.stringify(x)} on its x axis. Use kind: 'bar' for categories.`);
    return x;
  }).sort((a, b) => a - b); // prettier-ignore
  const ys = all.map(([, y]) => y);
  const [xMin = 0, xMax = 1] = [xs[0], xs.at(-1)];
  const yTicks = niceTicks(Math.min(...ys), Math.max(...ys));
  const [yMin = 0, yMax = 1] = [yTicks[0], yTicks.at(-1)];
  const logarithmic = xMin > 0 && xMax / xMin > 50;
  const labels = yTicks.map(axisNumber);
  const frame = {
    left: 14 + 7.5 * Math.max(...labels.map((label) => label.length)),
    right: width - 14,
    top: 10,
    bottom: height - 26,
  };

  const scale = (value: number): number => (logarithmic ? Math.log(value) : value);
  const xSpan = scale(xMax) - scale(xMin) || 1;
  const round = (value: number): number => Math.round(value * 10) / 10;
  const px = (x: number): number =>
    round(frame.left + ((scale(x) - scale(xMin)) / xSpan) * (frame.right - frame.left));
  const py = (y: number): number =>
    round(frame.bottom - ((y - yMin) / (yMax - yMin || 1)) * (frame.bottom - frame.top));

  return {
    width,
    height,
    frame,
    logarithmic,
    xTicks: spaced(
      xs.map((x) => ({ at: px(x), label: axisNumber(x) })),
      28,
    ),
    yTicks: yTicks.map((y, index) => ({ at: py(y), label: labels[index] ?? '' })),
    lines: entries.map(([name, points]) => {
      const marks = [...points]
        .sort((a, b) => Number(a[0]) - Number(b[0]))
        .map(([x, y]) => ({ x: px(Number(x)), y: py(y) }));
      return { name, marks, path: marks.map(({ x, y }) => `${x},${y}`).join(' ') };
    }),
  };
}

/** A plot's data as a table: one row for each x value, one column for each line. */
export function dataTable(plot: Plot): {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
} {
  const entries = Object.entries(plot.points);
  const xs = [...new Set(entries.flatMap(([, points]) => points.map(([x]) => x)))];
  const y = plot.unit ? `${plot.y} (${plot.unit})` : plot.y;
  return {
    columns: [plot.xUnit ? `${plot.x} (${plot.xUnit})` : plot.x, ...entries.map(([name]) => name || y)],
    rows: xs.map((x) => [x, ...entries.map(([, points]) => points.find(([at]) => at === x)?.[1] ?? null)]),
  };
}
