/**
 * `npm run font`: writes `board.woff2`, the one typeface of the site, from Recursive: the casual cut of its sans,
 * one weight, and only the characters that headings, labels and diagrams use. Letters that are nearly as wide as each
 * other need no kerning; without it the file is a tenth smaller.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as fontkit from 'fontkit';
import subset from 'subset-font';

const ascii = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index)).join('');
const others = '\u00a0–—‘’“”…×±·€µ';

const source = createRequire(import.meta.url).resolve(
  '@fontsource-variable/recursive/files/recursive-latin-full-normal.woff2',
);
const font = fontkit.openSync(source);
const held = new Set('characterSet' in font ? font.characterSet : []);
const lacking = Array.from(ascii + others).filter((character) => !held.has(character.codePointAt(0) ?? 0));
if (lacking.length > 0)
  throw new Error(`The typeface has no ${lacking.join(' ')}: take them out of the list.`);
const board = await subset(readFileSync(source), ascii + others, {
  targetFormat: 'woff2',
  keepFeatures: [],
  dropTables: ['GDEF', 'GPOS', 'GSUB', 'STAT'],
  variationAxes: { CASL: 1, MONO: 0, slnt: 0, CRSV: 0.5, wght: 560 },
});
writeFileSync(new URL('board.woff2', import.meta.url), board);
console.log(`board.woff2: ${board.length} bytes, ${ascii.length + others.length} characters`);
