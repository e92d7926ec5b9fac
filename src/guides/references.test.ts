import { expect, test } from 'vitest';
import { plainText, renderInline } from './inline.ts';
import { type ReferenceContext, findReferences, splitReferences } from './references.ts';

const context: ReferenceContext = {
  sources: [
    { id: 'docs', title: 'Transaction "Isolation"', publisher: 'PostgreSQL' },
    { id: 'ssi', title: 'SSI', publisher: 'VLDB' },
  ],
  labTitle: (lab) => {
    if (lab !== 'write-skew') throw new Error(`no lab ${lab}`);
    return 'Write skew';
  },
  labValue: (_, value) => (value === 'doctors-on-call' ? '0' : '1.9 ms'),
};

test('finds citations, labs and values, and nothing in ordinary brackets', () => {
  expect(
    findReferences('a[^docs] [lab:write-skew] [lab:write-skew/commit] [link](x) array[0]').map(
      ({ text }) => text,
    ),
  ).toEqual(['[^docs]', '[lab:write-skew]', '[lab:write-skew/commit]']);
});

test('a citation is a numbered link that says its source, safely quoted', () => {
  expect(renderInline('True[^ssi].', context)).toBe(
    'True<sup class="cite"><a href="#source-ssi" aria-label="Source 2: SSI, VLDB" title="Source 2: SSI, VLDB">2</a></sup>.',
  );
  expect(renderInline('[^docs]', context)).toContain('Transaction &quot;Isolation&quot;');
});

test('a value is printed as recorded and linked to its lab', () => {
  expect(renderInline('It took [lab:write-skew/commit] in `psql`.', context)).toBe(
    'It took <a class="measured" href="#lab-write-skew" title="From the lab: Write skew">1.9 ms</a> in <code>psql</code>.',
  );
});

test('text around references keeps its order', () => {
  expect(splitReferences('a [lab:write-skew] b', context)).toEqual([
    { text: 'a\u00a0' },
    { html: expect.stringContaining('#lab-write-skew') },
    { text: ' b' },
  ]);
});

test('no line begins with a citation', () => {
  expect(splitReferences('so [^ssi].', context)).toEqual([
    { text: 'so' },
    { html: expect.stringContaining('#source-ssi') },
    { text: '.' },
  ]);
  expect(renderInline('so [^ssi].', context)).toMatch(/^so<sup/);
  expect(renderInline('`so` [lab:write-skew].', context)).toMatch(/^<code>so<\/code>\u00a0<a/);
});

test('the same reference twice is resolved twice', () => {
  expect(renderInline('[^ssi] and [^ssi]', context).match(/#source-ssi/g)).toHaveLength(2);
});

test('raw HTML is shown, not run', () => {
  expect(renderInline('<script>alert(1)</script>', context)).not.toContain('<script>');
});

test('a reference to nothing says what there is', () => {
  expect(() => renderInline('[^nope]', context)).toThrow('Its sources are docs, ssi');
  expect(() => renderInline('[lab:nope]', context)).toThrow('no lab nope');
});

test('plain text drops markup and citations and keeps recorded values', () => {
  expect(
    plainText(
      'It **took** [lab:write-skew/commit] in `psql`[^docs] ([lab:write-skew]), see [docs](x).',
      context,
    ),
  ).toBe('It took 1.9 ms in psql, see docs.');
});
