import * as fontkit from 'fontkit';
import { expect, test } from 'vitest';
import { guidePages } from './dist.ts';

test('diagrams use no character that their typeface lacks, whose width could not be measured', () => {
  const font = fontkit.openSync('src/site/fonts/board.woff2');
  const held = new Set('characterSet' in font ? font.characterSet : []);
  const lacking = guidePages.flatMap(({ address, document }) =>
    [...document.querySelectorAll('.diagram svg text')].flatMap(({ textContent }) =>
      Array.from(textContent)
        .filter((character) => /\S/.test(character) && !held.has(character.codePointAt(0) ?? 0))
        .map((character) => `${address} “${textContent.trim()}” has “${character}”`),
    ),
  );
  expect(guidePages.some(({ document }) => document.querySelector('.diagram svg text'))).toBe(true);
  expect(lacking).toEqual([]);
});
