/**
 * The head index: what a reader may name a page by (title, question, aliases, topics) and the headings within it. It is
 * small, so that the first results stand before the full-text index has loaded, and it knows the words that correct typos.
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
  /** `category/slug`. */
  readonly id: string;
  readonly number: number;
  readonly category: string;
  readonly title: string;
  readonly asked: string;
  readonly aliases: readonly string[];
  readonly topics: readonly string[];
  /** The sections of the deep dive, labs, failures and follow-ups. */
  readonly sections: readonly HeadSection[];
}

/** The document that `/search-head.json` holds. */
export type Head = readonly HeadPage[];
