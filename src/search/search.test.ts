import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HeadPage } from './head.ts';
import { createSearcher } from './search.ts';
import { contentWords, mistakes, stem, wordsOf } from './words.ts';

const page = (id: string, number: number, rest: Partial<HeadPage>): HeadPage => ({
  id,
  number,
  category: id.split('/')[0] ?? '',
  title: '',
  asked: '',
  aliases: [],
  sections: [],
  ...rest,
});
const head = [
  page('nodejs/event-loop', 8, {
    title: 'Event loop and async/await',
    asked: 'Explain Node.js event loop phases and how async/await works internally.',
    aliases: ['process.nextTick', 'setImmediate', 'microtask queue', 'libuv'],
    sections: [
      { anchor: 'what-await-compiles-to', text: 'What await compiles to' },
      { anchor: 'follow-up-timers', text: 'Does setTimeout(0) run before setImmediate?' },
    ],
  }),
  page('postgresql/transactions-and-isolation', 16, {
    title: 'Transactions and isolation',
    asked: 'How do transactions and isolation levels work in Postgres?',
    aliases: ['MVCC', 'write skew', '40001', 'SELECT FOR UPDATE'],
    sections: [
      { anchor: 'the-retry-loop', text: 'The retry loop is part of the level' },
      { anchor: 'lab-write-skew', text: 'Write skew: two right decisions, one broken rule' },
    ],
  }),
  page('infrastructure/kubernetes-and-docker', 19, {
    title: 'Kubernetes and Docker',
    asked: 'How would you deploy and scale your app on Kubernetes or Docker?',
    aliases: ['k8s', 'HPA', 'N+1'],
  }),
];
const searcher = createSearcher(head);
const first = (query: string) => searcher.search(query).results[0]?.page.number;

describe('finds what was meant', () => {
  test.each([
    ['k8s', 19],
    ['kuberntes', 19],
    ['isolaton levels', 16],
    ['transaction', 16],
    ['setImmediate vs nextTick', 8],
    ['SETIMMEDIATE', 8],
    ['runEventLoopTwice', 8],
    ['select for update', 16],
    ['40001', 16],
    ['N+1', 19],
    ['how does async await work internally?', 8],
    ['micro', 8],
  ])('%s', (query, number) => {
    expect(first(query)).toBe(number);
  });

  test('says how a typing mistake was understood, and searches as typed when asked to', () => {
    expect(searcher.search('kuberntes hpa').corrected).toBe('kubernetes hpa');
    expect(searcher.search('kubernetes').corrected).toBeUndefined();
    expect(searcher.search('kuberntes', { exact: true }).results).toEqual([]);
  });

  test('leads to the section whose heading fits', () => {
    expect(searcher.search('retry loop').results[0]?.sections[0]?.anchor).toBe('the-retry-loop');
    expect(searcher.search('setimmediate before settimeout').results[0]?.sections[0]?.anchor).toBe(
      'follow-up-timers',
    );
  });

  test('full-text hits add pages that no heading names, and lift those that both find', () => {
    const text = [
      { id: 'infrastructure/kubernetes-and-docker', anchor: 'sidecars', text: 'Sidecars', score: 4 },
      { id: 'nodejs/event-loop', anchor: '2m', text: 'In 2 minutes', score: 2 },
    ];
    expect(searcher.search('sidecar', { text }).results.map(({ page: { number } }) => number)).toEqual([
      19, 8,
    ]);
    expect(searcher.search('libuv', { text }).results[0]?.page.number).toBe(8);
  });
});

describe('understands how things are written', () => {
  test.each([
    ['next tick', 8, 'a word written apart'],
    ['writeskew', 16, 'words run together'],
    ['nextTick', 8, 'the last part of an identifier'],
    ['postgresql transactions', 16, 'another name of the same thing'],
  ])('%s', (query, number) => {
    expect(first(query)).toBe(number);
  });

  test('an abbreviation that only the glossary knows stands for its words', () => {
    const known = createSearcher(head, { fsm: 'async await' });
    expect(known.search('FSM').results[0]?.page.number).toBe(8);
    expect(known.search('FSM').corrected).toBeUndefined();
  });

  test('a word that stands in the text is no typing mistake', () => {
    const { corrected, doubted } = searcher.search('microtusk queue');
    expect(corrected).toBe('microtask queue');
    expect(doubted).toEqual(['microtusk']);
    expect(searcher.search('microtusk queue', { keep: new Set(doubted) }).corrected).toBeUndefined();
  });

  test('a query is shown as typed where its words were only taken apart or spelled out', () => {
    const known = createSearcher(head, { orm: 'object relational mapper' });
    expect(known.search('ORM kuberntes').corrected).toBe('orm kubernetes');
    expect(searcher.search('runEventLoopTwice').corrected).toBeUndefined();
    expect(searcher.search('runEventLoopTwice').doubted).toEqual(['runeventlooptwice']);
  });

  test('an error code is one word, also in capitals', () => {
    expect(searcher.search('57P01').words).toEqual(['57p01']);
  });

  test('what is written with a hyphen is known without it, mistyped too', () => {
    const known = createSearcher([
      page('a/b', 1, { aliases: ['back-pressure', 'B-tree', 'SP-GiST'] }),
      ...head,
    ]);
    for (const query of ['backpressure', 'backpresure', 'btree', 'btrees', 'spgist'])
      expect([query, known.search(query).results[0]?.page.number]).toEqual([query, 1]);
    expect(known.search('btree').corrected).toBeUndefined();
    expect(known.search('backpresure').corrected).toBe('backpressure');
  });

  test('an identifier in three words is found', () => {
    const known = createSearcher([page('a/b', 1, { aliases: ['AsyncLocalStorage'] }), ...head]);
    expect(known.search('async local storage').results[0]?.page.number).toBe(1);
  });

  test('words in quotes must stand together; when they do nowhere, they count as words', () => {
    expect(searcher.search('"isolation levels"').results.map(({ page: { number } }) => number)).toEqual([16]);
    expect(searcher.search('"levels isolation"').results[0]?.page.number).toBe(16);
  });

  test('a page that answers no question stands behind those that do', () => {
    const glossary = page('glossary', 0, {
      title: 'Glossary',
      sections: [{ anchor: 'libuv', text: 'libuv' }],
    });
    expect(
      createSearcher([glossary, ...head])
        .search('libuv')
        .results.map(({ page: { number } }) => number),
    ).toEqual([8, 0]);
  });

  test('says when even the best page holds little of the question', () => {
    expect(searcher.search('libuv').weak).toBe(false);
    expect(searcher.search('libuv zebra xylophone').weak).toBe(true);
  });
});

test('any input gets an answer, and no error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (query) => {
      expect(Array.isArray(searcher.search(query).results)).toBe(true);
    }),
  );
  for (const query of [
    '"unbalanced',
    'a'.repeat(10_000),
    '<script>alert(1)</script>',
    '🚀',
    'مرحبا',
    '.*(',
    'the of and',
    '',
  ]) {
    expect(Array.isArray(searcher.search(query).results)).toBe(true);
  }
});

test('words are lower case, without accents and possessives, identifiers whole', () => {
  expect(wordsOf("What's Node.js' café, N+1, setImmediate(fn) and SELECT … FOR UPDATE?")).toEqual([
    'what',
    'node.js',
    'cafe',
    'n+1',
    'setimmediate',
    'fn',
    'and',
    'select',
    'for',
    'update',
  ]);
  expect(contentWords(['the', 'of'])).toEqual(['the', 'of']);
});

test.each([
  ['indexes', 'index'],
  ['queries', 'query'],
  ['caching', 'cache'],
  ['retries', 'retry'],
  ['dropped', 'drop'],
  ['locks', 'lock'],
  ['microservices', 'microservice'],
])('%s and %s are the same word', (one, other) => {
  expect(stem(one)).toBe(stem(other));
});

test('words that only look alike stay apart', () => {
  expect(stem('redis')).not.toBe(stem('redo'));
  expect(stem('process')).toBe(stem('processes'));
  expect(stem('40001')).toBe('40001');
});

test('counts mistakes as a person makes them', () => {
  expect(mistakes('kuberntes', 'kubernetes', 2)).toBe(1);
  expect(mistakes('teh', 'the', 2)).toBe(1);
  expect(mistakes('abc', 'xyz', 2)).toBe(3);
});
