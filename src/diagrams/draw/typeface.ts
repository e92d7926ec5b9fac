import * as fontkit from 'fontkit';

/** What a renderer needs to know about a font at one size, in px. Ascent and descent are rounded as browsers do. */
export interface LineMetrics {
  ascent: number;
  descent: number;
  xHeight: number;
}

/** How far a line of text reaches from its origin on the baseline, in px: whichever is more, its line box or its ink. */
export interface Extent {
  left: number;
  right: number;
  above: number;
  below: number;
}

/** Width of a character the typeface lacks, in em: wide scripts and pictographs fill the square, others are near this. */
const STRANGER = 0.62;
const FIRST_WIDE = 0x2e7f;

/** A line of text in em: how far the pen moves, and where the ink of each glyph is, from the glyph's origin at `at`. */
interface Line {
  width: number;
  glyphs: (Extent & { at: number })[];
}

/** The one typeface of all diagrams, measured as a browser would set it. */
export class Typeface {
  readonly #font: fontkit.Font;
  readonly #lines = new Map<string, Line>();

  /** @param file path of a ttf, woff or woff2 file with one face. */
  constructor(file: string) {
    const font = fontkit.openSync(file);
    if (!('layout' in font)) throw new Error(`${file} is a collection of fonts: give a file with one face.`);
    this.#font = font;
  }

  metrics(size: number): LineMetrics {
    const scale = size / this.#font.unitsPerEm;
    return {
      ascent: Math.round(this.#font.ascent * scale),
      descent: Math.round(-this.#font.descent * scale),
      xHeight: this.#font.xHeight * scale,
    };
  }

  #line(text: string): Line {
    const known = this.#lines.get(text);
    if (known) return known;
    const em = this.#font.unitsPerEm;
    const run = this.#font.layout(text);
    const line: Line = { width: 0, glyphs: [] };
    run.glyphs.forEach(({ id, codePoints, bbox }, i) => {
      const isStranger = id === 0;
      if (!isStranger && Number.isFinite(bbox.minX)) {
        const { minX, maxX, minY, maxY } = bbox;
        line.glyphs.push({
          at: line.width,
          left: minX / em,
          right: maxX / em,
          above: maxY / em,
          below: -minY / em,
        });
      }
      if (isStranger) line.width += (codePoints[0] ?? 0) > FIRST_WIDE ? 1 : STRANGER;
      else line.width += (run.positions[i]?.xAdvance ?? 0) / em;
    });
    this.#lines.set(text, line);
    return line;
  }

  /** Advance width in px of a line of text, kerning and ligatures included. */
  advance(text: string, size: number): number {
    return text === '' ? 0 : this.#line(text).width * size;
  }

  /** The box that Chromium gives a line of text: its line box, and each glyph's ink rounded out to whole px. */
  extent(text: string, size: number): Extent {
    const { ascent, descent } = this.metrics(size);
    const extent: Extent = { left: 0, right: this.advance(text, size), above: ascent, below: descent };
    for (const glyph of this.#line(text).glyphs) {
      extent.left = Math.min(extent.left, glyph.at * size + Math.floor(glyph.left * size));
      extent.right = Math.max(extent.right, glyph.at * size + Math.ceil(glyph.right * size));
      extent.above = Math.max(extent.above, Math.ceil(glyph.above * size));
      extent.below = Math.max(extent.below, Math.ceil(glyph.below * size));
    }
    return extent;
  }
}
