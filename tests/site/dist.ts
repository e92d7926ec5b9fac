import { globSync, readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';

/** A page of the build. */
export interface Page {
  /** Its address, such as `/postgresql/indexing/`. */
  readonly address: string;
  readonly file: string;
  readonly html: string;
  readonly document: Document;
}

/** Every HTML page of the build in `dist`. */
export const pages: readonly Page[] = globSync('dist/**/*.html')
  .sort()
  .map((file) => {
    const html = readFileSync(file, 'utf8');
    return {
      address: file.replace(/^dist/, '').replace(/index\.html$/, ''),
      file,
      html,
      document: new JSDOM(html).window.document,
    };
  });

/** The pages of guides. */
export const guidePages: readonly Page[] = pages.filter(({ document }) =>
  document.querySelector('.prose.guide'),
);
