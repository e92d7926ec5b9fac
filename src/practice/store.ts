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
  /** The reader's own stories for leadership questions, by the guide's address. */
  readonly stories?: Readonly<Record<string, Story>>;
  /** What was searched for and followed, the latest first. */
  readonly searches?: readonly string[];
}

/** A reader's own story: what was typed, by the prompt's id, and which points of the rubric it meets. */
export interface Story {
  readonly answers: Readonly<Record<string, string>>;
  /** Ids of the rubric's rows that the reader ticked. */
  readonly met: readonly string[];
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
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

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

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isStory(value: unknown): value is Story {
  return isRecord(value) && isTexts(value['answers']) && isList(value['met']);
}

function isStories(value: unknown): value is Readonly<Record<string, Story>> {
  return isRecord(value) && Object.values(value).every(isStory);
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
  const { place, stories, searches, ...rest } = value;
  if (stories !== undefined && !isStories(stories)) {
    throw new TypeError('This file of The Architect Round is damaged: its stories cannot be read.');
  }
  return {
    ...rest,
    version: 1,
    read: value['read'],
    depth: value['depth'],
    ...(isPlace(place) && { place }),
    ...(stories && { stories }),
    ...(isList(searches) && { searches }),
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

/** Deletes all that is remembered, a document that could not be read among it. Gives whether it is gone. */
export function forgetReader(storage: () => Store): boolean {
  try {
    storage().removeItem(key);
    storage().removeItem(brokenKey);
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

/** The reader with a search remembered as the latest; seven are kept. */
export function rememberSearch(reader: Reader, query: string): Reader {
  const others = (reader.searches ?? []).filter((other) => other.toLowerCase() !== query.toLowerCase());
  return { ...reader, searches: [query, ...others].slice(0, 7) };
}

/** The reader without what was searched for. */
export function forgetSearches(reader: Reader): Reader {
  return { ...reader, searches: [] };
}

/** The reader's story for a guide; an empty one when nothing was typed. */
export function storyOf(reader: Reader, guide: string): Story {
  return reader.stories?.[guide] ?? { answers: {}, met: [] };
}

/** The reader with this story for a guide. */
export function keepStory(reader: Reader, guide: string, story: Story): Reader {
  return { ...reader, stories: { ...reader.stories, [guide]: story } };
}

/** Two stories as one: where both hold a text for a prompt, the other's is added below the own, unless it is in it already. */
function mergeStories(own: Story, other: Story): Story {
  const answers = { ...other.answers };
  for (const [prompt, text] of Object.entries(own.answers)) {
    const added = other.answers[prompt]?.trim() ?? '';
    answers[prompt] = text.includes(added) ? text : `${text.trimEnd()}\n\n${added}`.trimStart();
  }
  return { answers, met: [...new Set([...own.met, ...other.met])] };
}

/** Two documents as one: nothing read or typed is forgotten, the later place wins, the depth of `own` stays. */
export function mergeReaders(own: Reader, other: Reader): Reader {
  const later = [own.place, other.place]
    .filter((place) => place !== undefined)
    .sort((a, b) => b.at.localeCompare(a.at))[0];
  const stories = Object.fromEntries(
    [...new Set([...Object.keys(own.stories ?? {}), ...Object.keys(other.stories ?? {})])].map((guide) => [
      guide,
      mergeStories(storyOf(own, guide), storyOf(other, guide)),
    ]),
  );
  return {
    ...other,
    ...own,
    read: { ...other.read, ...own.read },
    ...(later && { place: later }),
    ...(Object.keys(stories).length > 0 && { stories }),
  };
}
