import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findChromium } from '../../tests/chromium.ts';
import { Chromium } from './audit/browser.ts';
import { compare } from './audit/compare.ts';
import type { Source } from './audit/sources.ts';
import { exampleSources, siteSources } from './audit/sources.ts';
import { numbers } from './draw/geometry.ts';
import { svgHtml } from './figure.ts';
import { readFence } from './fence.ts';
import { createRenderer } from './renderer.ts';

/** Share of pixels (0–1) by which a drawing may differ from what a browser draws. */
const ALLOWED = 0.03;
/** Mindmaps are laid out by simulated springs, which turn a hair's breadth into another, equally good, picture. */
const ALLOWED_BY_KIND: Partial<Record<string, number>> = { mindmap: 0.1 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    examples: { type: 'boolean' },
    all: { type: 'boolean' },
    out: { type: 'string', default: '.cache/diagrams-audit' },
  },
});

const sources: Source[] = [
  ...(values.examples === true ? [] : siteSources()),
  ...(values.examples === true || values.all === true ? exampleSources() : []),
].filter(({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)));

const out = path.resolve(values.out);
mkdirSync(out, { recursive: true });
const renderer = createRenderer();
const browser = await Chromium.open(await findChromium());
const cells: string[] = [];
let failures = 0;
for (const { name, source } of sources) {
  const steps = readFence(source).steps.map(({ parts }) => parts);
  const drawing = await renderer.render({ source, steps });
  const ours = svgHtml(drawing, { prefix: 'a', title: name });
  const reference = await browser.draw(source);
  const [left = 0, top = 0, refWidth = 0, refHeight = 0] = numbers(
    /viewBox="([^"]*)"/.exec(reference.svg)?.[1] ?? '',
  );
  const [ourLeft = 0, ourTop = 0] = numbers(drawing.viewBox);
  // Ours may reach further out than Mermaid's, never less.
  const offset = { x: left - ourLeft, y: top - ourTop };
  const width = Math.max(drawing.width, Math.ceil(refWidth + offset.x));
  const height = Math.max(drawing.height, Math.ceil(refHeight + offset.y));
  const here = { x: 0, y: 0 };
  const first = await browser.picture(ours, { width, height, offset: here }, 'light');
  const second = await browser.picture(reference.svg, { width, height, offset, recolour: true }, 'light');
  const dark = await browser.picture(ours, { width, height, offset: here }, 'dark');
  const { pixels, share, difference } = compare(first, second);
  const percent = `${(share * 100).toFixed(2)} %`;
  const size = `${drawing.width} × ${drawing.height}`;
  const wrong = share > (ALLOWED_BY_KIND[drawing.kind] ?? ALLOWED);
  if (wrong) failures++;
  console.log(
    `${wrong ? '✗' : '✓'} ${name.padEnd(40)} ${size.padEnd(12)} ${String(pixels).padStart(7)} px ${percent.padStart(8)}`,
  );
  const picture = (kind: string, png: Buffer) => {
    writeFileSync(path.join(out, `${name}.${kind}.png`), png);
    return `<td><img src="${name}.${kind}.png" alt="${kind}" width="${Math.min(width, 460)}"></td>`;
  };
  cells.push(
    `<tr><th>${name}<br>${size}<br>${percent}</th>${picture('light', first)}${picture('dark', dark)}${picture('chromium', second)}${picture('difference', difference)}</tr>`,
  );
}
writeFileSync(
  path.join(out, 'index.html'),
  `<!doctype html><meta charset="utf-8"><title>Diagrams against Chromium</title><table><tr><th><th>light<th>dark<th>Mermaid in Chromium<th>difference</tr>${cells.join('\n')}</table>`,
);
console.log(
  `${sources.length} diagrams, ${failures} that differ too much; to look at: ${path.join(out, 'index.html')}`,
);
await Promise.all([browser.close(), renderer.close()]);
process.exitCode = failures > 0 ? 1 : 0;
