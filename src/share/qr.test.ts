import { encode } from 'uqr';
import { expect, test } from 'vitest';
import { qrCode } from './qr.ts';

test('the drawing has the modules of the code, no more and no fewer', () => {
  const text = 'https://example.org/q/17/';
  const { data, size } = encode(text, { border: 1 });
  const drawn = data.map((row) => row.map(() => false));
  for (const [, x, y, length] of qrCode(text).matchAll(/M(\d+) (\d+)\.5h(\d+)/g))
    for (let at = 0; at < Number(length); at += 1) {
      const row = drawn[Number(y)];
      if (row) row[Number(x) + at] = true;
    }
  expect(drawn).toEqual(data);
  expect(qrCode(text)).toContain(`viewBox="0 0 ${size} ${size}"`);
});

test('attributes stand in its tag', () => {
  expect(qrCode('a', { attributes: 'class="qr"' })).toMatch(/^<svg [^>]* class="qr">/);
});
