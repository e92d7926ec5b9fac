import { encode } from 'uqr';

/**
 * The QR code of a text as SVG markup, one unit a module: each run of dark modules is a line of the one path, which is a
 * tenth of a rectangle for each module.
 * @param attributes written into the svg tag, such as `class="qr"`
 * @param border light modules around the code; readers ask for some, the page may have its own
 */
export function qrCode(
  text: string,
  { attributes = '', border = 1 }: { attributes?: string; border?: number } = {},
): string {
  const { data, size } = encode(text, { border });
  const runs = data.flatMap((row, y) =>
    row.flatMap((dark, x) => {
      if (!dark || row[x - 1]) return [];
      const end = row.indexOf(false, x);
      return [`M${x} ${y}.5h${(end < 0 ? size : end) - x}`];
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}"${attributes && ` ${attributes}`}><path stroke="currentColor" shape-rendering="crispEdges" d="${runs.join('')}"/></svg>`;
}
