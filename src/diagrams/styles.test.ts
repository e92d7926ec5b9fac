import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FLOORS } from './figure.ts';
import { roomFolder } from './renderer.ts';

const css = readFileSync(path.join(roomFolder(), 'diagrams.css'), 'utf8').replace(/\/\*[^]*?\*\//g, '');

test('there is a rule and a hint for every floor', () => {
  for (const floor of FLOORS) {
    expect(css).toContain(`.diagram-from-${floor} > svg {\n  min-width: ${floor}px;`);
    // Padding and border of the frame take 26 px.
    expect(css).toContain(
      `@container diagram (width < ${floor + 26}px) {\n  .diagram-from-${floor} + .diagram-hint`,
    );
  }
});

test('colours come from the tokens alone', () => {
  const known = readFileSync(path.join(roomFolder(), '../site/styles/tokens.css'), 'utf8');
  expect(css).not.toMatch(/#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\(|:\s*(?:white|black|red|grey)\b/i);
  for (const [, token] of css.matchAll(/var\((--[\w-]+)\)/g)) expect(known).toContain(`${token ?? ''}:`);
});
