import * as fontkit from 'fontkit';

/** What a renderer needs to know about a font at one size, in px. Ascent and descent are rounded as browsers do. */
export interface LineMetrics {
  ascent: number;
  descent: number;
  xHeight: number;
}

/** Width of a character the typeface lacks, in em: wide scripts and pictographs fill the square, others are near this. */
const STRANGER = 0.62;
const FIRST_WIDE = 0x2e7f;

/** The one typeface of all diagrams, measured as a browser would set it. */
export class Typeface {
  readonly #font: fontkit.Font;
  readonly #widths = new Map<string, number>();

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

  /** Advance width in px of a line of text, kerning and ligatures included. */
  advance(text: string, size: number): number {
    if (text === '') return 0;
    let ems = this.#widths.get(text);
    if (ems === undefined) {
      const run = this.#font.layout(text);
      ems = 0;
      run.glyphs.forEach((glyph, i) => {
        const [codePoint = 0] = glyph.codePoints;
        if (glyph.id === 0) ems = (ems ?? 0) + (codePoint > FIRST_WIDE ? 1 : STRANGER);
        else ems = (ems ?? 0) + (run.positions[i]?.xAdvance ?? 0) / this.#font.unitsPerEm;
      });
      this.#widths.set(text, ems);
    }
    return ems * size;
  }

  /** The characters of a text that the typeface does not hold. */
  missing(text: string): string[] {
    return [...new Set(text)].filter(
      (char) => !/\s/.test(char) && !this.#font.hasGlyphForCodePoint(char.codePointAt(0) ?? 0),
    );
  }
}
