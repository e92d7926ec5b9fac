/**
 * A built guide cut into the records of full-text search: one for nearly each place that a link can lead to, so that a hit
 * names its section, its excerpt comes from there, and what is fetched for it is a paragraph, not a page.
 */

/** A record: where it stands, what it is called, its text. */
export interface SectionRecord {
  /** The anchor, without `#`. */
  readonly anchor: string;
  readonly heading: string;
  readonly text: string;
}

/** What is drawn, pressed or run rather than read, or repeats what stands elsewhere. */
const unread =
  'svg, script, style, button, form, .definition, figure.code, .steps-bar, .steps-head, .step-line, .step-queues, li:not([data-outcome=fails]) .step-result, .plot, .fact-table, .lab-badge, .lab-label, .lab-link, .lab-origin, .cite, .visually-hidden, .heading-line a, .answer-link, [data-pagefind-ignore]';
/**
 * Elements within a part that are records of their own. The rows of the rubric and the myths stay together: each is a
 * sentence or two, and a link to the found words leads to the row just as well.
 */
const places = ':is(.lab, .failure, .answer)[id]';

/** One space between words, none before what a left-out citation was followed by. */
const squeeze = (text: string) =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ (?=[.,;:!?)])/g, '')
    .trim();

/** Elements with a line of their own, and the sign that ends one that has none: read in one line they would run together. */
const separate: Readonly<Record<string, string>> = {
  P: '.',
  LI: ';',
  DT: ':',
  DD: ';',
  TD: ';',
  TH: ':',
  H2: ':',
  H3: ':',
  H4: ':',
  DIV: '',
  FIGCAPTION: ':',
  SUMMARY: '',
};

/** The text of a node as it is read, in one line; `skip` leaves elements out. */
function textOf(node: Node, skip: (element: Element) => boolean): string {
  if (node.nodeType === node.TEXT_NODE) return node.textContent ?? '';
  const element = node as Element;
  if (skip(element)) return ' ';
  const text = textWithin(element, skip);
  const end = separate[element.nodeName];
  if (end === undefined) return text;
  return /[\p{L}\p{N}%)]”?\s*$/u.test(text) ? ` ${text.trimEnd()}${end} ` : ` ${text} `;
}

/** The same for what stands within an element. */
const textWithin = (element: Element, skip: (element: Element) => boolean): string =>
  [...element.childNodes].map((child) => textOf(child, skip)).join('');

/** A heading as it is read. */
const nameOf = (heading: Element) => squeeze(textWithin(heading, (element) => element.matches(unread)));

/** The element that names a place: a follow-up's question stands above its answer. */
function headingOf(place: Element): Element | null | undefined {
  return place.classList.contains('answer')
    ? place.parentElement?.querySelector('summary')
    : place.querySelector('h3, dt');
}

/** The heading with an address that starts a section of the deep dive, bare or in the frame that holds its link. */
function sectionHeading(node: Node): Element | null {
  if (node.nodeType !== node.ELEMENT_NODE) return null;
  const element = node as Element;
  if (element.matches('h3[id]')) return element;
  return element.matches('.sl-heading-wrapper') ? element.querySelector('h3[id]') : null;
}

/** The records of a guide's page, in the order of the page; none when the page is no guide. */
export function sectionRecords(document: Document): SectionRecord[] {
  const records: SectionRecord[] = [];
  const add = (anchor: string, heading: string, text: string) => {
    const squeezed = squeeze(text).replace(/;$/, '.');
    if (squeezed !== '') records.push({ anchor, heading, text: squeezed });
  };
  // The list of sources repeats in titles what the text says, and is nowhere a reader looks for an answer.
  for (const part of document.querySelectorAll('section[data-part]:not([data-part=sources])')) {
    const title = part.querySelector('h2');
    const inPart = squeeze(title?.textContent ?? '');
    let anchor = title?.id ?? '';
    let heading = inPart;
    let text = '';
    const skip = (element: Element) =>
      element.matches(unread) || element.matches(places) || element === title;
    for (const child of part.childNodes) {
      const h3 = sectionHeading(child);
      if (h3) {
        add(anchor, heading, text);
        anchor = h3.id;
        heading = nameOf(h3);
        text = '';
      } else {
        text += ` ${textOf(child, skip)}`;
      }
    }
    add(anchor, heading, text);
    for (const place of part.querySelectorAll(places)) {
      const name = headingOf(place);
      const skipped = (element: Element) =>
        element.matches(unread) || element === name || (element !== place && element.matches(places));
      add(place.id, name ? nameOf(name) : inPart, textOf(place, skipped));
    }
  }
  return records;
}
