import { expect, test } from 'vitest';
import { type Head, expansionsIn, packHead, termText, unpackHead, withSections } from './head.ts';

test('sections whose anchor follows from their text travel as text, and all come back', () => {
  const head: Head = {
    categories: [],
    pages: [
      {
        id: 'a/b',
        number: 1,
        category: 'a',
        title: 'T',
        asked: 'A?',
        aliases: [],
        sections: [
          { anchor: 'b-tree-equality-first', text: 'B-tree: equality first' },
          { anchor: 'gin-1', text: 'GIN' },
        ],
      },
    ],
  };
  const travelling: unknown = ['B-tree: equality first', head.pages[0]?.sections[1]];
  expect(packHead(head).pages.sections[0]).toEqual(travelling);
  expect(unpackHead(packHead(head))).toEqual(head);
});

test('the second document adds sections to their pages and says what abbreviations stand for', () => {
  const page = { number: 1, category: 'a', title: 'T', asked: 'A?', aliases: [] };
  const more = {
    'a/b': { 'lab-x': 'A lab' },
    glossary: { acl: termText('ACL', 'Access control list'), canary: termText('canary') },
  };
  const [first, second] = withSections(
    [
      { ...page, id: 'a/b', sections: [{ anchor: 'one', text: 'One' }] },
      { ...page, id: 'a/c', sections: [] },
    ],
    more,
  );
  expect(first?.sections).toEqual([
    { anchor: 'one', text: 'One' },
    { anchor: 'lab-x', text: 'A lab' },
  ]);
  expect(second?.sections).toEqual([]);
  expect(expansionsIn(more)).toEqual({ acl: 'access control list' });
  expect(expansionsIn({})).toEqual({});
});
