import { expect, test } from 'vitest';
import { type Head, packHead, unpackHead } from './head.ts';

test('sections whose anchor follows from their text travel as text, and all come back', () => {
  const head: Head = {
    categories: [],
    expansions: {},
    pages: [
      {
        id: 'a/b',
        number: 1,
        category: 'a',
        title: 'T',
        asked: 'A?',
        aliases: [],
        topics: [],
        sections: [
          { anchor: 'b-tree-equality-first', text: 'B-tree: equality first' },
          { anchor: 'gin-1', text: 'GIN' },
        ],
      },
    ],
  };
  const travelling: unknown = ['B-tree: equality first', head.pages[0]?.sections[1]];
  expect(packHead(head).pages[0]?.sections).toEqual(travelling);
  expect(unpackHead(packHead(head))).toEqual(head);
});
