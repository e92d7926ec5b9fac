import { expect, test } from 'vitest';
import {
  type Store,
  changeReader,
  exportReader,
  forgetReader,
  keepStory,
  loadReader,
  markRead,
  mergeReaders,
  parseReader,
  rememberSearch,
  storyOf,
} from './store.ts';

function memory(initial: Record<string, string> = {}) {
  const kept = new Map(Object.entries(initial));
  const store: Store = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
  return { kept, storage: () => store };
}
const denied = (): Store => {
  throw new DOMException('denied', 'SecurityError');
};

test('remembers what was read, and forgets it again', () => {
  const { storage } = memory();
  expect(
    changeReader(storage, (reader) => markRead(reader, 'nodejs/event-loop', '2026-11-22T10:00:00Z')),
  ).toBe(true);
  expect(loadReader(storage).read).toEqual({ 'nodejs/event-loop': '2026-11-22T10:00:00Z' });
  changeReader(storage, (reader) => markRead(reader, 'nodejs/event-loop', undefined));
  expect(loadReader(storage).read).toEqual({});
});

test.each([
  ['not JSON', '{'],
  ['another shape', '[1]'],
  ['a wrong type inside', '{"read":{"a":1},"depth":"full"}'],
])('a broken document (%s) is put aside, and reading starts afresh', (_, text) => {
  const { kept, storage } = memory({ 'architect-round': text });
  expect(loadReader(storage)).toEqual({ version: 1, read: {}, depth: 'full' });
  expect(kept.get('architect-round.broken')).toBe(text);
});

test('a browser that keeps nothing is told apart from one that does, and nothing breaks', () => {
  expect(loadReader(denied).depth).toBe('full');
  expect(changeReader(denied, (reader) => reader)).toBe(false);
});

test('what is exported can be imported, and fields of a newer version survive', () => {
  const { storage } = memory({ 'architect-round': '{"version":1,"read":{},"depth":"2m","cards":{"a":1}}' });
  expect(parseReader(exportReader(loadReader(storage)))).toEqual({
    version: 1,
    read: {},
    depth: '2m',
    cards: { a: 1 },
  });
});

test('importing adds to what is there', () => {
  const place = { guide: 'nodejs/event-loop', anchor: 'proof', heading: 'Proof', at: '2026-11-22T10:00:00Z' };
  const own = parseReader('{"read":{"a/b":"2026-11-22"},"depth":"2m"}');
  const other = { ...parseReader('{"read":{"a/b":"2026-01-01","c/d":"2026-02-02"},"depth":"full"}'), place };
  expect(mergeReaders(own, other)).toEqual({
    version: 1,
    read: { 'a/b': '2026-11-22', 'c/d': '2026-02-02' },
    depth: '2m',
    place,
  });
});

test('a file that is something else is refused in plain words', () => {
  expect(() => parseReader('hello')).toThrow('not a file that The Architect Round exported');
});

test('a story is kept, and merging two never loses a text', () => {
  const { storage } = memory();
  const guide = 'leadership/challenging-backend-issue';
  const story = { answers: { situation: 'Checkout stood still.' }, met: ['evidence'] };
  changeReader(storage, (reader) => keepStory(reader, guide, story));
  expect(storyOf(loadReader(storage), guide)).toEqual(story);
  expect(storyOf(loadReader(storage), 'leadership/other')).toEqual({ answers: {}, met: [] });

  const other = keepStory(parseReader('{"read":{},"depth":"2m"}'), guide, {
    answers: { situation: 'Checkout was slow.', stakes: 'A million a day.' },
    met: ['decision'],
  });
  const merged = mergeReaders(loadReader(storage), other);
  expect(storyOf(merged, guide)).toEqual({
    answers: { situation: 'Checkout stood still.\n\nCheckout was slow.', stakes: 'A million a day.' },
    met: ['evidence', 'decision'],
  });
  expect(mergeReaders(merged, other)).toEqual(merged);
});

test('a file with stories of another shape is refused as damaged', () => {
  expect(() => parseReader('{"read":{},"depth":"2m","stories":{"a":{"answers":{"x":1},"met":[]}}}')).toThrow(
    /stories cannot be read/,
  );
});

test('deleting leaves nothing behind, and says when it could not', () => {
  const { kept, storage } = memory({ 'architect-round': '{', 'architect-round.broken': '[' });
  expect(forgetReader(storage)).toBe(true);
  expect(kept.size).toBe(0);
  expect(forgetReader(denied)).toBe(false);
});

test('the last seven searches are kept, each once, the latest first', () => {
  let reader = parseReader('{"read":{},"depth":"full","searches":["k8s"]}');
  for (const query of ['a', 'b', 'c', 'd', 'e', 'f', 'K8s', 'g']) reader = rememberSearch(reader, query);
  expect(reader.searches).toEqual(['g', 'K8s', 'f', 'e', 'd', 'c', 'b']);
  expect(parseReader('{"read":{},"depth":"full","searches":[1]}').searches).toBeUndefined();
});
