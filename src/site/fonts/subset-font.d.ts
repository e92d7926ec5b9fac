/** The part of subset-font that `build.ts` uses; the package brings no types. */
declare module 'subset-font' {
  interface Options {
    targetFormat: 'sfnt' | 'woff' | 'woff2';
    noLayoutClosure?: boolean;
    /** OpenType features to keep; all when left out. */
    keepFeatures?: readonly string[];
    /** Tables to leave out, by their tags. */
    dropTables?: readonly string[];
    /** Axes to pin (a number). */
    variationAxes?: Record<string, number>;
  }
  /** A font with only these characters. */
  export default function subsetFont(font: Buffer, characters: string, options: Options): Promise<Buffer>;
}
