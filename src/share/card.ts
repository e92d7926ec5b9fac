/** Social cards: one picture for each guide and category, drawn when the site is built, without any network. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import satori from 'satori';
import sharp from 'sharp';
import subset from 'subset-font';

/** What a card says. `hue` and `wash` are colours as hex. */
export interface Card {
  readonly kicker: string;
  readonly title: string;
  /** The question's number, drawn large; absent on a category's card. */
  readonly number?: number;
  readonly hue: string;
}

const ink = '#14223a';
const width = 1200;
const height = 630;

let typeface: Promise<Buffer> | undefined;

/** Recursive Sans Casual as the headings have it, in a form that the layout engine reads. */
function board(): Promise<Buffer> {
  const require = createRequire(import.meta.url);
  const file = require.resolve('@fontsource-variable/recursive/files/recursive-latin-full-normal.woff2');
  const characters =
    Array.from({ length: 0x17f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index)).join('') +
    '–—‘’“”…';
  typeface ??= subset(readFileSync(file), characters, {
    targetFormat: 'sfnt',
    noLayoutClosure: true,
    variationAxes: { CASL: 1, MONO: 0, slnt: 0, CRSV: 0.5, wght: 620 },
  });
  return typeface;
}

/** The whiteboard's grid as an SVG picture. */
const grid = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><pattern id="g" width="30" height="30" patternUnits="userSpaceOnUse"><path d="M30 0H0v30" fill="none" stroke="#e4eaec"/></pattern></defs><rect width="100%" height="100%" fill="#fcfcf9"/><rect width="100%" height="100%" fill="url(#g)"/></svg>`,
)}`;

type Element = { type: string; props: Record<string, unknown> };
const box = (style: Record<string, unknown>, children: unknown): Element => ({
  type: 'div',
  props: { style: { display: 'flex', boxSizing: 'border-box', ...style }, children },
});

/**
 * A card as a PNG of 1200 by 630 pixels.
 * @throws Error when the text does not fit the layout engine's font.
 */
export async function drawCard({ kicker, title, number, hue }: Card): Promise<Buffer> {
  const size = title.length > 95 ? 54 : title.length > 70 ? 60 : 68;
  const card = box({ width: '100%', height: '100%', padding: 56, backgroundImage: `url("${grid}")` }, [
    box(
      {
        flexDirection: 'column',
        justifyContent: 'space-between',
        width: '100%',
        padding: '44px 52px',
        border: `4px solid ${ink}`,
        borderRadius: 14,
        backgroundColor: 'rgba(255,255,255,0.82)',
      },
      [
        box({ justifyContent: 'space-between', alignItems: 'flex-start' }, [
          box({ fontSize: 32, color: hue }, kicker),
          ...(number === undefined
            ? []
            : [box({ fontSize: 92, lineHeight: 0.8, color: hue }, String(number))]),
        ]),
        box({ fontSize: size, lineHeight: 1.14, color: ink, letterSpacing: -0.5, maxWidth: 960 }, title),
        box({ fontSize: 30, color: '#3b4a63' }, 'The Architect Round'),
      ],
    ),
  ]);
  // satori is typed for React's elements; it takes these plain objects as well (https://github.com/vercel/satori#use-without-jsx).
  const svg = await satori(card, {
    width,
    height,
    fonts: [{ name: 'Board', data: await board(), weight: 400, style: 'normal' }],
  });
  const png = new Resvg(svg, { font: { loadSystemFonts: false } }).render().asPng();
  // A palette keeps a card within 80 KB, which chat programs like.
  return sharp(png).png({ palette: true, colours: 64, effort: 8 }).toBuffer();
}
