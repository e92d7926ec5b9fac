/**
 * `npm run bench:diagrams [-- --examples] [names…]`: what a diagram costs, in ms and bytes: drawn cold (the first time
 * in a thread), drawn warm, and taken from the cache; beside mermaid-cli on the same sources when `MERMAID_CLI` names
 * its program, else beside real Mermaid in one Chromium that stays open (which spares it what mermaid-cli spends on
 * starting a browser for each).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { findChromium } from '../../tests/chromium.ts';
import { Chromium } from './audit/browser.ts';
import type { Source } from './audit/sources.ts';
import { exampleSources, siteSources } from './audit/sources.ts';
import { svgHtml } from './figure.ts';
import { createRenderer } from './renderer.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { examples: { type: 'boolean', default: false } },
});
const sources = (values.examples ? exampleSources() : siteSources()).filter(
  ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
);
const workshop = mkdtempSync(path.join(tmpdir(), 'diagrams-bench-'));

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const start = performance.now();
  const value = await work();
  return { value, ms: performance.now() - start };
}

/** One diagram's cost, in ms and bytes. */
interface Cost {
  ms: number;
  bytes: number;
  brotli: number;
}

const weigh = (svg: string) => ({ bytes: Buffer.byteLength(svg), brotli: brotliCompressSync(svg).length });

async function drawAll(
  cacheFolder: string | undefined,
  rounds: number,
): Promise<{ costs: Cost[][]; start: number }> {
  const renderer = createRenderer({ cacheFolder });
  const costs: Cost[][] = [];
  for (let round = 0; round < rounds; round++) {
    const row: Cost[] = [];
    for (const { source, name } of sources) {
      const { value, ms } = await timed(() => renderer.render({ source, steps: [] }));
      row.push({ ms, ...weigh(svgHtml(value, { prefix: 'd', title: name })) });
    }
    costs.push(row);
  }
  const { start } = renderer.stats;
  // The first drawing waited for the thread, whose start is told apart.
  const [first] = costs[0] ?? [];
  if (first && cacheFolder === undefined) first.ms -= start;
  await renderer.close();
  return { costs, start };
}

/** Runs mermaid-cli once per source, as one would in a build. */
function byCli(program: string, chromium: string): Cost[] {
  const puppeteer = path.join(workshop, 'puppeteer.json');
  writeFileSync(puppeteer, JSON.stringify({ executablePath: chromium, args: ['--no-sandbox'] }));
  return sources.map(({ name, source }: Source) => {
    const [input, output] = ['mmd', 'svg'].map((end) => path.join(workshop, `${name}.${end}`));
    if (input === undefined || output === undefined) throw new Error('unreachable');
    writeFileSync(input, source);
    const start = performance.now();
    const { status, stderr } = spawnSync(program, ['-q', '-p', puppeteer, '-i', input, '-o', output], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${program} failed on ${name}: ${stderr}`);
    return { ms: performance.now() - start, ...weigh(readFileSync(output, 'utf8')) };
  });
}

async function byBrowser(chromium: string): Promise<{ costs: Cost[]; start: number }> {
  const { value: browser, ms: start } = await timed(() => Chromium.open(chromium));
  const costs: Cost[] = [];
  for (const { source } of sources) {
    const { value, ms } = await timed(() => browser.draw(source));
    costs.push({ ms, ...weigh(value.svg) });
  }
  await browser.close();
  return { costs, start };
}

const drawn = await drawAll(undefined, 2);
const cacheFolder = path.join(workshop, 'cache');
await drawAll(cacheFolder, 1);
const cached = await drawAll(cacheFolder, 1);
const chromium = await findChromium();
const cli = process.env['MERMAID_CLI'];
const other = cli === undefined ? await byBrowser(chromium) : { costs: byCli(cli, chromium), start: 0 };
const otherName = cli === undefined ? 'Mermaid in one Chromium' : 'mermaid-cli';
rmSync(workshop, { recursive: true });

const sum = (costs: readonly Cost[] | undefined, key: keyof Cost) =>
  (costs ?? []).reduce((total, cost) => total + cost[key], 0);
const columns: readonly (readonly [string, readonly Cost[] | undefined, keyof Cost, number])[] = [
  ['cold ms', drawn.costs[0], 'ms', 0],
  ['warm ms', drawn.costs[1], 'ms', 0],
  ['cached ms', cached.costs[0], 'ms', 2],
  ['bytes', drawn.costs[0], 'bytes', 0],
  ['brotli', drawn.costs[0], 'brotli', 0],
  ['other ms', other.costs, 'ms', 0],
  ['other bytes', other.costs, 'bytes', 0],
  ['other brotli', other.costs, 'brotli', 0],
];
const line = (name: string, cell: (costs: readonly Cost[] | undefined, key: keyof Cost) => number) =>
  name.padEnd(44) +
  columns
    .map(([title, costs, key, digits]) =>
      cell(costs, key)
        .toFixed(digits)
        .padStart(title.length + 2),
    )
    .join('');
console.log(''.padEnd(44) + columns.map(([title]) => `  ${title}`).join(''));
sources.forEach(({ name }, i) => {
  console.log(line(name, (costs, key) => costs?.[i]?.[key] ?? 0));
});
console.log(line(`${sources.length} diagrams`, sum));
console.log(line('each', (costs, key) => sum(costs, key) / sources.length));
console.log(
  `\nStart of the drawing thread: ${drawn.start.toFixed(0)} ms. “Other” is ${otherName}${cli === undefined ? `, opened in ${other.start.toFixed(0)} ms; name mermaid-cli’s program by MERMAID_CLI to measure that` : ''}.`,
);
