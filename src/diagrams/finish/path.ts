import { absolutize, parsePath } from 'path-data-parser';

type Step = {
  key: string;
  data: readonly number[];
  from: readonly [number, number];
  to: readonly [number, number];
};

const to2 = (n: number) => Math.round(n * 100) / 100 + 0;
const near = (a: readonly [number, number], b: readonly [number, number]) =>
  Math.abs(a[0] - b[0]) < 0.005 && Math.abs(a[1] - b[1]) < 0.005;

/** Absolute steps with where each begins and ends. */
function steps(d: string): Step[] {
  const out: Step[] = [];
  let at: readonly [number, number] = [0, 0];
  let start = at;
  for (const { key, data } of absolutize(parsePath(d))) {
    const [x = 0, y = 0] = data.slice(-2);
    const to: readonly [number, number] =
      key === 'H'
        ? [data[0] ?? 0, at[1]]
        : key === 'V'
          ? [at[0], data[0] ?? 0]
          : /z/i.test(key)
            ? start
            : [x, y];
    out.push({ key: key.toUpperCase(), data, from: at, to });
    at = to;
    if (key === 'M') start = at;
  }
  return out;
}

/** A cubic whose handles lie on its chord is a line. */
function straighten(step: Step): Step {
  if (step.key !== 'C') return step;
  const [[x, y], [endX, endY]] = [step.from, step.to];
  const length = Math.hypot(endX - x, endY - y);
  const [a = 0, b = 0, c = 0, d = 0] = step.data;
  const off = (px: number, py: number) => Math.abs((px - x) * (endY - y) - (py - y) * (endX - x)) / length;
  const within = (px: number, py: number) => {
    const along = ((px - x) * (endX - x) + (py - y) * (endY - y)) / (length * length);
    return along > -0.01 && along < 1.01;
  };
  const flat = length > 0 && off(a, b) < 0.02 && off(c, d) < 0.02 && within(a, b) && within(c, d);
  return flat ? { ...step, key: 'L', data: [endX, endY] } : step;
}

/** True when `next` only goes on straight from `last`. */
function continues(last: Step, next: Step): boolean {
  if (last.key !== 'L' || next.key !== 'L') return false;
  const [ax, ay] = [last.to[0] - last.from[0], last.to[1] - last.from[1]];
  const [bx, by] = [next.to[0] - last.from[0], next.to[1] - last.from[1]];
  const length = Math.hypot(bx, by);
  return (
    length > 0 &&
    Math.abs(ax * by - ay * bx) / length < 0.02 &&
    ax * bx + ay * by >= 0 &&
    Math.hypot(ax, ay) <= length + 0.01
  );
}

/** How far, in px, a round outline that Mermaid draws in short lines may move: invisible at four times its size. */
const roundness = 0.06;

/** The points of a line in pieces without those that lie within `roundness` of it (Ramer 1972, Douglas and Peucker 1973). */
function thinned(points: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 3) return [...points];
  const [x, y] = [last[0] - first[0], last[1] - first[1]];
  const square = x * x + y * y;
  let farthest = 0;
  let most = 0;
  points.slice(1, -1).forEach(([px, py], i) => {
    const [dx, dy] = [px - first[0], py - first[1]];
    const along = square > 0 ? Math.min(1, Math.max(0, (dx * x + dy * y) / square)) : 0;
    const off = Math.hypot(dx - along * x, dy - along * y);
    if (off > most) [farthest, most] = [i + 1, off];
  });
  if (most <= roundness) return [first, last];
  return [...thinned(points.slice(0, farthest + 1)).slice(0, -1), ...thinned(points.slice(farthest))];
}

/** Steps with fewer points where many short lines in a row draw a curve. */
function withoutNeedlessPoints(steps: readonly Step[]): Step[] {
  const out: Step[] = [];
  let line: Step[] = [];
  const flush = () => {
    const [first] = line;
    if (first) {
      const points = thinned([first.from, ...line.map(({ to }) => to)]);
      points.slice(1).forEach((to, i) => out.push({ key: 'L', data: to, from: points[i] ?? first.from, to }));
    }
    line = [];
  };
  for (const step of steps) {
    const last = line.at(-1);
    if (step.key !== 'L' || (last && !near(last.to, step.from))) flush();
    if (step.key === 'L') line.push(step);
    else out.push(step);
  }
  flush();
  return out;
}

/**
 * The same outline in fewer bytes: absolute, 2 decimals, straight curves as lines, lines in one go, no more points than
 * a curve needs, and each stretch drawn once (the sketching library under Mermaid's shapes draws everything twice).
 */
export function simplifyPath(d: string): string {
  const seen = new Set<string>();
  const kept: Step[] = [];
  for (const step of steps(d).map(straighten)) {
    if (step.key === 'M') {
      kept.push(step);
      continue;
    }
    const isPoint =
      near(step.from, step.to) &&
      step.key !== 'Z' &&
      step.key !== 'A' &&
      step.data.every((n, i) => Math.abs(n - (step.from[i % 2] ?? 0)) < 0.01);
    if (isPoint && kept.at(-1)?.key !== 'M') continue;
    const name = `${step.key}${[...step.from, ...step.data].map(to2).join()}`;
    if (step.key !== 'Z' && seen.has(name)) continue;
    seen.add(name);
    const last = kept.at(-1);
    if (last && continues(last, step) && near(last.to, step.from))
      kept[kept.length - 1] = { ...last, to: step.to, data: step.to };
    else kept.push(step);
  }
  const drawn = withoutNeedlessPoints(kept);
  let at: readonly [number, number] = [NaN, NaN];
  let before = '';
  const parts: string[] = [];
  const emit = (key: string, data: readonly number[]) => {
    const text = data.map(to2).join(' ').replaceAll(' -', '-');
    const joint = key === before && key !== 'M' ? (text.startsWith('-') ? '' : ' ') : key;
    parts.push(joint + text);
    before = key;
  };
  drawn.forEach((step, i) => {
    if (step.key === 'M') {
      // A move is due only when the next stretch does not begin where the pen is.
      const next = drawn[i + 1];
      if (!next || next.key === 'M') return;
      if (near(at, step.to)) return;
      emit('M', step.to);
    } else {
      if (step.key !== 'Z' && !near(at, step.from)) emit('M', step.from);
      emit(step.key, step.data);
    }
    at = step.to;
  });
  return parts.join('');
}
