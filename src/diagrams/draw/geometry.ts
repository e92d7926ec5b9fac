import { absolutize, normalize, parsePath } from 'path-data-parser';

/** An axis-parallel box in px. `x`, `y` is its top left corner. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** An affine map `[a, b, c, d, e, f]`, as in SVG's `matrix()`. */
export type Matrix = readonly [number, number, number, number, number, number];

/** The map that does `inner` first and `outer` after it. */
export function compose(outer: Matrix, inner: Matrix): Matrix {
  const [a, b, c, d, e, f] = outer;
  const [p, q, r, s, t, u] = inner;
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f];
}

export function mapPoint([a, b, c, d, e, f]: Matrix, { x, y }: Point): Point {
  return { x: a * x + c * y + e, y: b * x + d * y + f };
}

/** The smallest axis-parallel box around the mapped corners of `box`. */
export function mapBox(matrix: Matrix, box: Box): Box {
  const corners = [
    { x: box.x, y: box.y },
    { x: box.x + box.width, y: box.y },
    { x: box.x, y: box.y + box.height },
    { x: box.x + box.width, y: box.y + box.height },
  ].map((corner) => mapPoint(matrix, corner));
  return around(corners);
}

/** The smallest box that holds all points; an empty box at the origin for none. */
export function around(points: readonly Point[]): Box {
  if (points.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

const f32 = Math.fround;

/**
 * The smallest box around both. Edges are rounded to 32-bit floats as browsers do: with more digits, layout engines
 * see shapes overlap their own labels by a hair and drop arrowheads.
 */
export function union(first: Box | undefined, second: Box): Box {
  if (!first) return second;
  const x = f32(Math.min(first.x, second.x));
  const y = f32(Math.min(first.y, second.y));
  const right = f32(Math.max(f32(first.x + first.width), f32(second.x + second.width)));
  const bottom = f32(Math.max(f32(first.y + first.height), f32(second.y + second.height)));
  return { x, y, width: right - x, height: bottom - y };
}

/** Every number in a list such as `points` or a transform's arguments. */
export function numbers(text: string): number[] {
  return (text.match(/[-+]?(?:\d*\.\d+|\d+\.?)(?:e[-+]?\d+)?/gi) ?? []).map(Number);
}

const TRANSFORM = /(\w+)\s*\(([^)]*)\)/g;

function oneTransform(name: string, n: readonly number[]): Matrix | undefined {
  const [p = 0, q, r] = n;
  switch (name) {
    case 'translate':
      return [1, 0, 0, 1, p, q ?? 0];
    case 'translateX':
      return [1, 0, 0, 1, p, 0];
    case 'translateY':
      return [1, 0, 0, 1, 0, p];
    case 'scale':
      return [p, 0, 0, q ?? p, 0, 0];
    case 'rotate': {
      const angle = (p * Math.PI) / 180;
      const turn: Matrix = [Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle), 0, 0];
      if (q === undefined || r === undefined) return turn;
      return compose(compose([1, 0, 0, 1, q, r], turn), [1, 0, 0, 1, -q, -r]);
    }
    case 'skewX':
      return [1, 0, Math.tan((p * Math.PI) / 180), 1, 0, 0];
    case 'skewY':
      return [1, Math.tan((p * Math.PI) / 180), 0, 1, 0, 0];
    case 'matrix': {
      const [a, b, c, d, e, f] = n;
      if (a === undefined || b === undefined || c === undefined) return undefined;
      if (d === undefined || e === undefined || f === undefined) return undefined;
      return [a, b, c, d, e, f];
    }
    default:
      return undefined;
  }
}

/** Reads a `transform` attribute or property. Unknown or broken parts are left out, as browsers' attribute parsing does for the whole. */
export function parseTransform(text: string): Matrix | undefined {
  let result: Matrix | undefined;
  for (const [, name = '', args = ''] of text.matchAll(TRANSFORM)) {
    const next = oneTransform(name, numbers(args));
    if (next?.every(Number.isFinite)) result = result ? compose(result, next) : next;
  }
  return result;
}

/** A stretch of a path in absolute coordinates: a straight line, or a cubic Bézier curve with its two handles. */
export type Stretch =
  | { kind: 'move'; to: Point }
  | { kind: 'line'; from: Point; to: Point }
  | { kind: 'curve'; from: Point; handles: readonly [Point, Point]; to: Point };

/** Cuts a path's `d` into absolute lines and cubic curves (arcs and quadratics are turned into cubics). */
export function stretches(d: string): Stretch[] {
  const out: Stretch[] = [];
  let at: Point = { x: 0, y: 0 };
  let start = at;
  for (const { key, data } of normalize(absolutize(parsePath(d)))) {
    const [a = 0, b = 0, c = 0, e = 0, f = 0, g = 0] = data;
    if (key === 'M') {
      at = { x: a, y: b };
      start = at;
      out.push({ kind: 'move', to: at });
    } else if (key === 'L') {
      const to = { x: a, y: b };
      out.push({ kind: 'line', from: at, to });
      at = to;
    } else if (key === 'C') {
      const to = { x: f, y: g };
      const handles = [
        { x: a, y: b },
        { x: c, y: e },
      ] as const;
      out.push({ kind: 'curve', from: at, handles, to });
      at = to;
    } else if (key === 'Z') {
      out.push({ kind: 'line', from: at, to: start });
      at = start;
    }
  }
  return out;
}

function onCurve(from: Point, [h, i]: readonly [Point, Point], to: Point, t: number): Point {
  const u = 1 - t;
  const [p, q, r, s] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
  return { x: p * from.x + q * h.x + r * i.x + s * to.x, y: p * from.y + q * h.y + r * i.y + s * to.y };
}

/** Where one coordinate of a cubic curve stands still, as parameters between 0 and 1. */
function turns(p0: number, p1: number, p2: number, p3: number): number[] {
  const a = -p0 + 3 * p1 - 3 * p2 + p3;
  const b = 2 * (p0 - 2 * p1 + p2);
  const c = p1 - p0;
  let roots: number[] = [];
  if (Math.abs(a) < 1e-12) {
    if (Math.abs(b) > 1e-12) roots = [-c / b];
  } else {
    const discriminant = b * b - 4 * a * c;
    if (discriminant >= 0) {
      const root = Math.sqrt(discriminant);
      roots = [(-b + root) / (2 * a), (-b - root) / (2 * a)];
    }
  }
  return roots.filter((t) => t > 0 && t < 1);
}

/** The exact bounding box of a path's outline, without its stroke. Undefined for an empty path. */
export function pathBox(d: string): Box | undefined {
  const parts = stretches(d);
  const points: Point[] = [];
  for (const part of parts) {
    if (part.kind === 'move') continue;
    points.push(part.from, part.to);
    if (part.kind === 'curve') {
      const { from, handles, to } = part;
      const [h, i] = handles;
      for (const t of [...turns(from.x, h.x, i.x, to.x), ...turns(from.y, h.y, i.y, to.y)])
        points.push(onCurve(from, handles, to, t));
    }
  }
  if (points.length > 0) return around(points);
  const [first] = parts;
  return first ? { ...first.to, width: 0, height: 0 } : undefined;
}

const CURVE_STEPS = 48;

/** Corner points along a path with the length walked so far. Curves are cut into 48 chords. */
function walk(d: string): { point: Point; length: number }[] {
  const out: { point: Point; length: number }[] = [];
  let length = 0;
  for (const part of stretches(d)) {
    if (part.kind === 'move') {
      out.push({ point: part.to, length });
      continue;
    }
    let last = part.from;
    const steps = part.kind === 'line' ? 1 : CURVE_STEPS;
    for (let i = 1; i <= steps; i++) {
      const point = part.kind === 'line' ? part.to : onCurve(part.from, part.handles, part.to, i / steps);
      length += Math.hypot(point.x - last.x, point.y - last.y);
      out.push({ point, length });
      last = point;
    }
  }
  return out;
}

/** The length of a path in px. */
export function pathLength(d: string): number {
  return walk(d).at(-1)?.length ?? 0;
}

/** The point at a distance in px along a path; its ends outside. */
export function pathPoint(d: string, distance: number): Point {
  const way = walk(d);
  const [first] = way;
  if (!first) return { x: 0, y: 0 };
  let before = first;
  for (const next of way.slice(1)) {
    if (next.length >= distance && distance > 0) {
      const span = next.length - before.length;
      const share = span === 0 ? 0 : (distance - before.length) / span;
      return {
        x: before.point.x + (next.point.x - before.point.x) * share,
        y: before.point.y + (next.point.y - before.point.y) * share,
      };
    }
    before = next;
  }
  return distance <= 0 ? first.point : before.point;
}
