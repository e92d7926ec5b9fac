/**
 * How the pages look, held in pictures a sixth of the size: too small to tell one rasteriser or font version from another,
 * large enough to see a lost column, a wrong theme, a collapsed block or text that runs out of its frame. After a
 * change that was meant and looked at, `VISUAL=record npm test -- browser` writes them anew.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import { expect, test } from './page.ts';

const folder = 'tests/browser/visual';
const scale = 6;
/** The share of differing pixels that is taken for noise. */
const tolerance = 0.03;

const sizes = { phone: [360, 740], tablet: [820, 1180], desktop: [1440, 900] } as const;
const pages = {
  home: '',
  questions: 'questions/',
  glossary: 'glossary/',
  search: 'search/?q=write%20skew',
  'not-found': '404.html',
  'system-design': 'system-design/notification-and-chat/',
  nodejs: 'nodejs/event-loop/',
  postgresql: 'postgresql/transactions-and-isolation/',
  infrastructure: 'infrastructure/kubernetes-and-docker/',
  leadership: 'leadership/challenging-backend-issue/',
} as const;

const shots = Object.entries(pages).flatMap(([name, path]) =>
  (
    [
      ['desktop', 'light'],
      ['desktop', 'dark'],
      ['phone', 'light'],
      ['phone', 'dark'],
      ['tablet', 'light'],
      ['desktop', 'forced'],
    ] as const
  ).map(([size, look]) => ({ name, path, size, look })),
);

for (const { name, path, size, look } of shots) {
  test(`${name} looks as it did: ${size}, ${look}`, async ({ page, site, isMobile }) => {
    test.skip(isMobile, 'each picture sets its own size');
    const [width, height] = sizes[size];
    await page.setViewportSize({ width, height });
    await page.emulateMedia({
      colorScheme: look === 'dark' ? 'dark' : 'light',
      forcedColors: look === 'forced' ? 'active' : 'none',
      reducedMotion: 'reduce',
    });
    await page.goto(new URL(path, site).href);
    if (name === 'search' || name === 'not-found') await page.locator('search-box[complete]').waitFor();
    await page.evaluate(() => document.fonts.ready);
    const small = await sharp(await page.screenshot())
      .resize(Math.round(width / scale), Math.round(height / scale), { kernel: 'cubic' })
      .png()
      .toBuffer();
    const file = `${folder}/${name}-${size}-${look}.png`;
    if (process.env['VISUAL'] === 'record') {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, small);
    }
    expect(existsSync(file), `${file} is missing: record it with VISUAL=record.`).toBe(true);
    const [was, is] = [PNG.sync.read(readFileSync(file)), PNG.sync.read(small)];
    expect([is.width, is.height]).toEqual([was.width, was.height]);
    const differing = pixelmatch(was.data, is.data, undefined, is.width, is.height, { threshold: 0.2 });
    expect(differing / (is.width * is.height), `compare ${file} with the page at ${path}`).toBeLessThan(
      tolerance,
    );
  });
}
