/**
 * The head index: what a reader may name a page by (title, question, aliases) and the headings of its deep dive,
 * or the terms of the glossary. It is small, so that the first results stand before anything else has loaded, and it
 * knows the words that correct typing mistakes. The remaining places of the pages come in a second document.
 */

/** A section that a result may lead to. */
export interface HeadSection {
  /** The anchor, without `#`. */
  readonly anchor: string;
  /** Plain text. */
  readonly text: string;
}

/** A page of the head index. */
export interface HeadPage {
  /** Its address without the slashes around it: `category/slug`, or `glossary`. */
  readonly id: string;
  /** The question's number; 0 for a page that answers no question. */
  readonly number: number;
  /** The slug of its category; empty for a page that answers no question. */
  readonly category: string;
  readonly title: string;
  /** The question as asked, or what the page is called in full. */
  readonly asked: string;
  readonly aliases: readonly string[];
  readonly sections: readonly HeadSection[];
}

/** What search knows of the site before its second document. */
export interface Head {
  /** The categories that have pages: slug, title, and the name of the colour (`hue-…`). */
  readonly categories: readonly { readonly slug: string; readonly title: string; readonly hue: string }[];
  readonly pages: readonly HeadPage[];
}

/**
 * The document that `/search-head.json` holds: the head with one list for each field, since what is alike compresses best
 * side by side, and each section as its text alone where the anchor follows from it, as it does for nearly all headings.
 */
export interface HeadDocument extends Omit<Head, 'pages'> {
  readonly pages: {
    readonly [Field in Exclude<keyof HeadPage, 'sections'>]: readonly HeadPage[Field][];
  } & { readonly sections: readonly (readonly (string | HeadSection)[])[] };
}

/** The anchor that a heading gets from its text: lower case, letters, digits, hyphens and underscores, spaces as hyphens. */
function anchorOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/gu, '-');
}

/** The document of a head. */
export function packHead({ pages, ...head }: Head): HeadDocument {
  const list = <Field extends keyof HeadPage>(field: Field) => pages.map((page) => page[field]);
  return {
    ...head,
    pages: {
      id: list('id'),
      number: list('number'),
      category: list('category'),
      title: list('title'),
      asked: list('asked'),
      aliases: list('aliases'),
      sections: list('sections').map((sections) =>
        sections.map((section) => (anchorOf(section.text) === section.anchor ? section.text : section)),
      ),
    },
  };
}

/** The head of a document. */
export function unpackHead({ pages, ...head }: HeadDocument): Head {
  return {
    ...head,
    pages: pages.id.map((id, at) => ({
      id,
      number: pages.number[at] ?? 0,
      category: pages.category[at] ?? '',
      title: pages.title[at] ?? '',
      asked: pages.asked[at] ?? '',
      aliases: pages.aliases[at] ?? [],
      sections: (pages.sections[at] ?? []).map((section) =>
        typeof section === 'string' ? { anchor: anchorOf(section), text: section } : section,
      ),
    })),
  };
}

/** The document that `/search-sections.json` holds: by the page's id the texts of its labs, failures and follow-ups, or of its terms, by their anchors. */
export type MoreSections = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The pages of the head index with the sections of the second document added. */
export function withSections(pages: readonly HeadPage[], more: MoreSections): HeadPage[] {
  return pages.map((page) => ({
    ...page,
    sections: [
      ...page.sections,
      ...Object.entries(more[page.id] ?? {}).map(([anchor, text]) => ({ anchor, text })),
    ],
  }));
}

/** How the second document writes a term of the glossary: an abbreviation with what it stands for. */
export const termText = (term: string, long?: string) => (long ? `${term}: ${long}` : term);

/** What the abbreviations of the glossary stand for, both in lower case. */
export function expansionsIn({ glossary = {} }: MoreSections): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.values(glossary).flatMap((text) => {
      const [term = '', long] = text.toLowerCase().split(': ');
      return long === undefined ? [] : [[term, long]];
    }),
  );
}
