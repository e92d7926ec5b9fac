import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import type { Browser, Page } from '@playwright/test';
import { FONT_FAMILY } from '../draw/mermaid.ts';
import { config } from '../draw/config.ts';
import { withAuthorClasses } from '../draw/look.ts';
import { themeVariables } from '../draw/theme-variables.ts';
import { TOKENS } from '../draw/tokens.ts';
import { recolour, roleOf } from '../finish/colour.ts';
import { roomFolder } from '../renderer.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--font-render-hinting=none',
  '--force-color-profile=srgb',
];

/** On Linux, a font's shape hangs on the machine's settings: this one leaves glyphs as they were drawn. */
const UNHINTED = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<match target="pattern"><edit name="hinting" mode="assign"><bool>false</bool></edit>
<edit name="hintstyle" mode="assign"><const>hintnone</const></edit>
<edit name="autohint" mode="assign"><bool>false</bool></edit></match></fontconfig>`;

/** The globals that Mermaid's browser build brings; only used inside the page. */
interface PageMermaid {
  initialize(config: object): void;
  mermaidAPI: { getConfig(): { themeVariables: Record<string, unknown> } };
  render(id: string, source: string): Promise<{ svg: string }>;
}
declare const mermaid: PageMermaid;

/** `#fe01NN` and `rgba(254,1,NN,α)` in a raw drawing, as the colours of a page that has the tokens. */
function unmarked(svg: string): string {
  const token = (index: number) => `var(--${TOKENS[index] ?? ''})`;
  return svg
    .replace(/#fe01([0-9a-f]{2})\b/gi, (_, hex: string) => token(Number.parseInt(hex, 16)))
    .replace(
      /rgba?\(\s*254,\s*1,\s*(\d+)\s*(?:,\s*([\d.]+)\s*)?\)/gi,
      (_, index: string, alpha = '1') =>
        `color-mix(in srgb, ${token(Number(index))} ${Number(alpha) * 100}%, transparent)`,
    );
}

/** A Chromium with the site's typeface, tokens and diagram styles in its page, and real Mermaid in another. */
export class Chromium {
  readonly #browser: Browser;
  readonly #mermaid: Page;
  readonly #stage: Page;

  private constructor(browser: Browser, mermaidPage: Page, stage: Page) {
    this.#browser = browser;
    this.#mermaid = mermaidPage;
    this.#stage = stage;
  }

  /** @param executablePath a Chromium or Chrome */
  static async open(executablePath: string): Promise<Chromium> {
    const room = roomFolder();
    const read = (file: string) => readFileSync(path.join(room, file), 'utf8');
    const font = readFileSync(path.join(room, '../site/fonts/board.woff2')).toString('base64');
    const face = `@font-face { font-family: ${FONT_FAMILY}; font-weight: 1 1000; src: url(data:font/woff2;base64,${font}); }`;
    const fontconfig = path.join(mkdtempSync(path.join(tmpdir(), 'diagrams-')), 'fonts.conf');
    writeFileSync(fontconfig, UNHINTED);
    const env = { ...process.env, FONTCONFIG_FILE: fontconfig } as Record<string, string>;
    const browser = await chromium.launch({ executablePath, args: ARGUMENTS, env });

    const mermaidPage = await browser.newPage({ viewport: { width: 776, height: 900 } });
    await mermaidPage.setContent(`<style>${face} body { margin: 8px; }</style><body></body>`);
    await mermaidPage.evaluate(() => Promise.all([...document.fonts].map((loaded) => loaded.load())));
    await mermaidPage.addScriptTag({
      path: path.join(room, '../../node_modules/mermaid/dist/mermaid.min.js'),
    });
    const base = config(FONT_FAMILY);
    const defaults = await mermaidPage.evaluate((settings) => {
      mermaid.initialize(settings);
      return mermaid.mermaidAPI.getConfig().themeVariables;
    }, base);
    await mermaidPage.evaluate(
      (settings) => {
        mermaid.initialize(settings);
      },
      { ...base, themeVariables: themeVariables(defaults, FONT_FAMILY) },
    );

    const stage = await browser.newPage({ viewport: { width: 1000, height: 900 } });
    await stage.setContent(
      `<!doctype html><style>${face}${read('../site/styles/tokens.css')}${read('diagrams.css')}
      body { margin: 0; background: var(--board); } #stage { position: relative; margin: 0; font: 16px/normal ${FONT_FAMILY}; font-synthesis: none; }
      #stage > svg { display: block; position: absolute; max-width: none !important; min-width: 0 !important; }</style>
      <div id="stage" class="diagram"></div>`,
    );
    await stage.evaluate(() => Promise.all([...document.fonts].map((loaded) => loaded.load())));
    // The very function, for use inside the page.
    await stage.addScriptTag({ content: roleOf.toString() });
    return new Chromium(browser, mermaidPage, stage);
  }

  /**
   * Draws a source with real Mermaid in the browser.
   * @returns its `<svg>`, with design tokens for colours, and the ms it took
   */
  async draw(source: string): Promise<{ svg: string; milliseconds: number }> {
    const { svg, milliseconds } = await this.#mermaid.evaluate(
      async ([text]) => {
        const start = performance.now();
        const drawn = await mermaid.render('drawing', text);
        return { svg: drawn.svg, milliseconds: performance.now() - start };
      },
      [withAuthorClasses(source)] as const,
    );
    return { svg: unmarked(svg), milliseconds };
  }

  /**
   * Sets an `<svg>` on the site's board.
   * @param box size of the picture in px, where in it the `<svg>` begins, and whether colours that are not the site's
   *   are to become its tokens first
   * @returns a PNG
   */
  async picture(
    svg: string,
    box: { width: number; height: number; offset: { x: number; y: number }; recolour?: boolean },
    theme: 'light' | 'dark',
  ): Promise<Buffer> {
    const { width, height, offset } = box;
    await this.#stage.setViewportSize({ width: Math.min(width, 4000), height: Math.min(height, 4000) });
    await this.#stage.evaluate(
      ([markup, inset, size, mode]) => {
        document.documentElement.dataset['theme'] = mode;
        const stage = document.querySelector<HTMLElement>('#stage');
        if (!stage) return;
        stage.innerHTML = markup;
        stage.style.width = `${size.width}px`;
        stage.style.height = `${size.height}px`;
        const drawing = stage.querySelector('svg');
        const viewBox = drawing?.viewBox.baseVal;
        if (!drawing || !viewBox) return;
        drawing.style.left = `${inset.x}px`;
        drawing.style.top = `${inset.y}px`;
        drawing.setAttribute('width', String(viewBox.width));
        drawing.setAttribute('height', String(viewBox.height));
      },
      [svg, offset, { width, height }, theme] as const,
    );
    if (box.recolour === true) await this.#recolour();
    return this.#stage.screenshot({ clip: { x: 0, y: 0, width, height }, animations: 'disabled' });
  }

  /**
   * Gives colours that are not the site's (Mermaid's own palettes, literal ones in sources) to their tokens in the
   * drawing on stage, as `finish` does, so that a comparison shows differences of shape and place.
   */
  async #recolour(): Promise<void> {
    const strangers = await this.#stage.evaluate((tokens) => {
      const probe = document.createElement('i');
      document.body.append(probe);
      const isOwn = new Set(
        tokens.map((token) => {
          probe.style.color = `var(--${token})`;
          return getComputedStyle(probe).color;
        }),
      );
      probe.remove();
      return [...document.querySelectorAll('#stage svg *')].flatMap((element, index) =>
        ['fill', 'stroke', 'stop-color'].flatMap((property) => {
          const colour = getComputedStyle(element).getPropertyValue(property);
          return isOwn.has(colour) ? [] : [{ index, property, colour, role: roleOf(element, property) }];
        }),
      );
    }, TOKENS);
    const paints = strangers.map(({ index, property, colour, role }) => {
      return { index, property, ...recolour(colour, role) };
    });
    await this.#stage.evaluate((list) => {
      const elements = document.querySelectorAll<SVGElement>('#stage svg *');
      for (const { index, property, paint, alpha } of list) {
        elements[index]?.style.setProperty(property, paint, 'important');
        const opacity = property === 'stop-color' ? 'stop-opacity' : `${property}-opacity`;
        if (alpha < 1) elements[index]?.style.setProperty(opacity, String(alpha), 'important');
      }
    }, paints);
  }

  /** A picture of a whole HTML page that brings its own styles. */
  async pageShot(html: string, width: number): Promise<Buffer> {
    const page = await this.#browser.newPage({ viewport: { width, height: 900 } });
    await page.setContent(html);
    const shot = await page.screenshot({ fullPage: true });
    await page.close();
    return shot;
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}
