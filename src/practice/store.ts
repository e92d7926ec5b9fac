/**
 * What the site remembers for its reader, in the reader's own browser and nowhere else: one JSON document under one key.
 * Pure: the storage and the clock are given. Shape and life cycle:
 *
 * - A missing document is an empty one. A document that cannot be read (broken JSON, another shape) is moved aside under
 *   `architect-round.broken`, so that nothing is lost, and reading starts afresh.
 * - A storage that refuses (private mode, full, blocked) makes reading empty and saving return false; pages go on.
 * - A change of shape raises `version` and adds a step to `upgrade`; fields a newer version wrote are kept as they are.
 */

/** What is kept. Dates are ISO 8601 in UTC. */
export interface Reader {
  readonly version: 1;
  /** When each guide was marked as read, by its address `category/slug`. */
  readonly read: Readonly<Record<string, string>>;
  /** How deep the reader reads guides. */
  readonly depth: Depth;
  /** Where the reader was last, if anywhere. */
  readonly place?: Place;
}

/** How much of a guide is shown. */
export type Depth = '30s' | '2m' | 'full';

/** A section of a guide: its address, the section's anchor and heading, and when it was reached. */
export interface Place {
  readonly guide: string;
  readonly anchor: string;
  readonly heading: string;
  readonly at: string;
}

/** The part of `Storage` that is used. */
export type Store = Pick<Storage, 'getItem' | 'setItem'>;

const key = 'architect-round';
const brokenKey = 'architect-round.broken';
const empty: Reader = { version: 1, read: {}, depth: 'full' };

const depths: readonly string[] = ['30s', '2m', 'full'] satisfies Depth[];

/** Whether a text names a depth. */
export function isDepth(text: unknown): text is Depth {
  return typeof text === 'string' && depths.includes(text);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((item) => typeof item === 'string');
}

function isPlace(value: unknown): value is Place {
  return isTexts(value) && ['guide', 'anchor', 'heading', 'at'].every((name) => name in value);
}

/**
 * A document read from text: what `exportReader` wrote, or what the storage holds.
 * @throws TypeError when it is no such document.
 */
export function parseReader(text: string): Reader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TypeError('This is not a file that The Architect Round exported: it is not JSON.');
  }
  if (!isRecord(value) || !isTexts(value['read']) || !isDepth(value['depth'])) {
    throw new TypeError(
      'This is not a file that The Architect Round exported: it lacks what was read and the depth.',
    );
  }
  const { place, ...rest } = value;
  return {
    ...rest,
    version: 1,
    read: value['read'],
    depth: value['depth'],
    ...(isPlace(place) && { place }),
  };
}

/** What the browser remembers; empty when it remembers nothing or cannot be asked. */
export function loadReader(storage: () => Store): Reader {
  let text: string | null;
  try {
    text = storage().getItem(key);
  } catch {
    return empty;
  }
  if (text === null) return empty;
  try {
    return parseReader(text);
  } catch {
    try {
      storage().setItem(brokenKey, text);
    } catch {
      // A storage that takes nothing keeps the broken document where it is.
    }
    return empty;
  }
}

/** Changes what the browser remembers. Gives whether it was kept. */
export function changeReader(storage: () => Store, change: (reader: Reader) => Reader): boolean {
  try {
    storage().setItem(key, JSON.stringify(change(loadReader(storage))));
    return true;
  } catch {
    return false;
  }
}

/** The reader with a guide marked as read at this time, or unmarked. */
export function markRead(reader: Reader, guide: string, at: string | undefined): Reader {
  const others = Object.fromEntries(Object.entries(reader.read).filter(([id]) => id !== guide));
  return { ...reader, read: at === undefined ? others : { ...others, [guide]: at } };
}

/** All that is remembered, as a text to keep as a file. */
export function exportReader(reader: Reader): string {
  return `${JSON.stringify(reader, null, 2)}\n`;
}

/** Two documents as one: nothing read is forgotten, the later place wins, the depth of `own` stays. */
export function mergeReaders(own: Reader, other: Reader): Reader {
  const later = [own.place, other.place]
    .filter((place) => place !== undefined)
    .sort((a, b) => b.at.localeCompare(a.at))[0];
  return { ...other, ...own, read: { ...other.read, ...own.read }, ...(later && { place: later }) };
}
