/**
 * `npm run bench:search`: how well and at what cost the site's search answers the query set, beside stock Pagefind in
 * Starlight's user interface, plain MiniSearch over whole pages and MiniSearch over sections as VitePress does it, all on
 * the pages in `dist/`, the browser engines in one Chromium. Needs a build (`npm run build`). `-- --misses` names the
 * queries that went wrong; `--ours` stops after the site's own search.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, type Page, chromium } from '@playwright/test';
import { JSDOM } from 'jsdom';
import MiniSearch from 'minisearch';
import { createIndex } from 'pagefind';
import { serve } from '#site/serve.ts';
import { findChromium } from '../../../tests/chromium.ts';
import { type SectionRecord, sectionRecords } from '../records.ts';
import { askInPage, placeOf } from './in-page.ts';
import { type Answered, type Query, type Found, misses, readQueries, score } from './queries.ts';
import { type Fetched, countFetched, holdBack } from './wire.ts';

const dist = 'dist';

/** A search to measure: what it finds for a query, the best first. */
type Engine = (text: string) => Promise<Found[]> | Found[];

function guides(): string[] {
  return readdirSync(dist, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(path.join(dist, name), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && existsSync(path.join(dist, name, entry.name, 'index.md')))
        .map((entry) => `${name}/${entry.name}`),
    );
}

interface Text {
  readonly id: string;
  readonly title: string;
  readonly records: readonly SectionRecord[];
}

function texts(): Text[] {
  return guides().map((id) => {
    const { document } = new JSDOM(readFileSync(`${dist}/${id}/index.html`, 'utf8')).window;
    return {
      id,
      title: document.querySelector('h1')?.textContent.trim() ?? '',
      records: sectionRecords(document),
    };
  });
}

/** MiniSearch over whole pages with its defaults, as its documentation begins. */
function miniSearchPages(pages: readonly Text[]): Engine {
  const index = new MiniSearch<{ id: string; title: string; text: string }>({ fields: ['title', 'text'] });
  index.addAll(
    pages.map(({ id, title, records }) => ({ id, title, text: records.map(({ text }) => text).join(' ') })),
  );
  return (text) => index.search(text).map(({ id }) => ({ id: String(id) }));
}

/** MiniSearch over sections with the options of VitePress's local search (its `VPLocalSearchBox`). */
function miniSearchSections(pages: readonly Text[]): Engine {
  const index = new MiniSearch<{ id: string; title: string; titles: string; text: string }>({
    fields: ['title', 'titles', 'text'],
    searchOptions: { fuzzy: 0.2, prefix: true, boost: { title: 4, text: 2, titles: 1 } },
  });
  index.addAll(
    pages.flatMap(({ id, title, records }) =>
      records.map(({ anchor, heading, text }) => ({
        id: `${id}#${anchor}`,
        title: heading,
        titles: title,
        text,
      })),
    ),
  );
  return (text) => {
    const found = index.search(text).map(({ id }) => {
      const [page = '', anchor] = String(id).split('#');
      return { id: page, anchor };
    });
    return found.filter(({ id }, at) => found.findIndex((other) => other.id === id) === at);
  };
}

/** A copy of the build whose search is stock: Pagefind's own index of the pages and Starlight's user interface on a page of its own. */
async function stockBuild(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-search-'));
  cpSync(dist, folder, { recursive: true });
  rmSync(path.join(folder, 'pagefind'), { recursive: true });
  const { index } = await createIndex({});
  if (!index) throw new Error('Pagefind made no index.');
  await index.addDirectory({ path: folder });
  await index.writeFiles({ outputPath: path.join(folder, 'pagefind') });
  // The options that Starlight 0.42 gives to Pagefind's user interface, whose own ranking is its default.
  writeFileSync(
    path.join(folder, 'stock.html'),
    `<!doctype html><html lang="en"><title>Stock</title><link href="/pagefind/pagefind-ui.css" rel="stylesheet"><div id="search"></div>
<script src="/pagefind/pagefind-ui.js"></script><script>
new PagefindUI({ element: '#search', baseUrl: '/', bundlePath: '/pagefind/', showImages: false, showSubResults: true,
  ranking: { pageLength: 0.1, termFrequency: 0.1, termSaturation: 2, termSimilarity: 9 } });
</script></html>`,
  );
  return folder;
}

function stock(page: Page, site: string): Engine {
  // The module is asked itself: its user interface shows the same order, five at a time.
  return async (text) => {
    const found = await page.evaluate(
      async ([query = '', moduleAddress = '']) => {
        interface Module {
          options: (options: object) => Promise<void>;
          search: (text: string) => Promise<{
            results: { data: () => Promise<{ url: string; sub_results: { url: string }[] }> }[];
          }>;
        }
        const pagefind = (await import(moduleAddress)) as Module;
        await pagefind.options({
          ranking: { pageLength: 0.1, termFrequency: 0.1, termSaturation: 2, termSimilarity: 9 },
        });
        const { results } = await pagefind.search(query);
        const data = await Promise.all(results.slice(0, 10).map((result) => result.data()));
        return data.map(({ url, sub_results: [sub] }) => ({ url, sub: sub?.url ?? '' }));
      },
      [text, '/pagefind/pagefind.js'],
    );
    return found.map(({ url, sub }) => ({ ...placeOf(url, site), anchor: placeOf(sub, site).anchor }));
  };
}

async function table(name: string, engine: Engine, queries: readonly Query[]) {
  const answers: Answered[] = [];
  for (const query of queries) answers.push({ query, found: await engine(query.text) });
  const groups: [string, (query: Query) => boolean][] = [
    ...[...new Set(queries.map(({ kind }) => kind))].map((kind): [string, (query: Query) => boolean] => [
      kind,
      (query) => query.kind === kind,
    ]),
    ['tuned on', ({ set }) => set === 'tune'],
    ['probes', ({ set }) => set === 'probe'],
    ['held out', ({ set }) => set === 'held'],
    ['all', () => true],
  ];
  console.log(`\n${name}`);
  for (const [group, belongs] of groups) {
    const some = answers.filter(({ query }) => belongs(query));
    if (some.length === 0) continue;
    const { queries: count, first, three, reciprocal, zero, section } = score(some);
    const percent = (share: number) => `${Math.round(share * 100)} %`.padStart(6);
    console.log(
      `  ${group.padEnd(13)}${String(count).padStart(4)} queries  first${percent(first)}  in three${percent(three)}  MRR ${reciprocal.toFixed(2)}  nothing${percent(zero)}${section === undefined ? '' : `  section${percent(section)}`}`,
    );
  }
  if (process.argv.includes('--misses')) {
    const { pages, sections } = misses(answers);
    for (const miss of [...pages, ...sections]) console.log(`    ${miss}`);
  }
}

/**
 * What a first search costs from a cold cache: bytes and requests up to the first and the full results, and the times.
 * `later`: what is fetched behind the first results, held back until they stand, so that it is not counted with them.
 */
async function cost(
  browser: Browser,
  name: string,
  act: (
    page: Page,
  ) => Promise<{ first: () => Promise<unknown>; full: () => Promise<unknown>; later?: RegExp }>,
) {
  const runs: { early: Fetched; all: Fetched; first: number; full: number }[] = [];
  for (let round = 0; round < 3; round += 1) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const { first, full, later } = await act(page);
    const fetched = countFetched(page);
    const release = later && (await holdBack(page, later));
    const start = performance.now();
    await first();
    const firstAt = performance.now() - start;
    const early = await fetched();
    release?.();
    await full();
    const fullAt = performance.now() - start;
    runs.push({ early, all: await fetched(), first: firstAt, full: fullAt });
    await context.close();
  }
  const [run] = runs;
  const best = (key: 'first' | 'full') => Math.min(...runs.map((one) => one[key])).toFixed(0);
  const spent = ({ bytes, requests }: Fetched) => `${(bytes / 1000).toFixed(1)} KB in ${requests} requests`;
  if (run)
    console.log(
      `  ${name.padEnd(16)} first results ${spent(run.early)}, ${best('first')} ms; full ${spent(run.all)}, ${best('full')} ms (best of ${runs.length})`,
    );
}

if (!existsSync(path.join(dist, 'index.html')))
  throw new Error('dist/ holds no build. Run `npm run build` first.');
const published = new Set(guides());
const queries = readQueries((id) => published.has(id));
const pages = texts();
const other = await stockBuild();
const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] });
const site = await serve(dist, { port: 0 });
const stockSite = await serve(other, { port: 0 });
try {
  const page = await browser.newPage();
  await page.goto(`${site.url}search/`);
  await table(
    'The Architect Round (head index and full text, as on the page)',
    (text) => askInPage(page, site.url, text),
    queries,
  );
  if (process.argv.includes('--ours')) process.exit();
  const stockPage = await browser.newPage();
  await stockPage.goto(`${stockSite.url}stock.html`);
  await table('Stock Pagefind with Starlight’s ranking', stock(stockPage, stockSite.url), queries);
  await table('MiniSearch, whole pages', miniSearchPages(pages), queries);
  await table('MiniSearch by section, as VitePress', miniSearchSections(pages), queries);

  console.log('\nA first search for “isolation levels”, nothing cached');
  await cost(browser, 'ours', async (fresh) => {
    await fresh.goto(site.url, { waitUntil: 'networkidle' });
    return {
      first: async () => {
        await fresh.locator('[data-site-search-open]').click();
        await fresh.locator('search-box input').fill('isolation levels');
        await fresh.locator('[data-site-search-hit]').first().waitFor();
      },
      full: () => fresh.locator('search-box[complete]').waitFor(),
      later: /search-sections|\/pagefind\//,
    };
  });
  await cost(browser, 'stock Starlight', async (fresh) => {
    await fresh.goto(`${stockSite.url}404.html`);
    return {
      first: () => fresh.goto(`${stockSite.url}stock.html`),
      full: async () => {
        await fresh.locator('#search input').fill('isolation levels');
        await fresh.locator('.pagefind-ui__result-link').first().waitFor();
        await fresh.waitForLoadState('networkidle');
      },
    };
  });

  const typing = await page.evaluate(async () => {
    const input = document.querySelector<HTMLInputElement>('search-box input');
    const times: number[] = [];
    if (!input) return times;
    const text = 'how do transactions and isolation levels work';
    for (let length = 1; length <= text.length; length += 1) {
      input.value = text.slice(0, length);
      const start = performance.now();
      input.dispatchEvent(new InputEvent('input', { bubbles: true }));
      // The head index answers in a microtask; what runs until the next task is what a key costs. A timer would wait longer.
      const next = new MessageChannel();
      await new Promise((resolve) => {
        next.port1.onmessage = resolve;
        next.port2.postMessage(undefined);
      });
      times.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    return times.sort((a, b) => a - b);
  });
  const at = (share: number) => (typing[Math.floor(typing.length * share)] ?? 0).toFixed(1);
  console.log(
    `\nA key blocks the page, drawing included, for ${at(0.5)} ms in the middle, ${at(0.95)} ms at 95 in 100 (${typing.length} keys)`,
  );
} finally {
  await browser.close();
  await site.close();
  await stockSite.close();
  rmSync(other, { recursive: true });
}
