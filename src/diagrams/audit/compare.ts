import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

/** How far two colours may be apart, as a share of the greatest distance (0–1), and still count as one. */
const TOLERANCE = 0.12;

/** Two pictures of one size against each other. */
export interface Comparison {
  /** Pixels that differ by more than antialiasing. */
  pixels: number;
  /** The same as a share of all (0–1). */
  share: number;
  /** A PNG with the differing pixels in red. */
  difference: Buffer;
}

/** @param first,second PNGs of the same size */
export function compare(first: Buffer, second: Buffer): Comparison {
  const [a, b] = [PNG.sync.read(first), PNG.sync.read(second)];
  const difference = new PNG({ width: a.width, height: a.height });
  const pixels = pixelmatch(a.data, b.data, difference.data, a.width, a.height, { threshold: TOLERANCE });
  return { pixels, share: pixels / (a.width * a.height), difference: PNG.sync.write(difference) };
}
