import { expect, test } from 'vitest';
import { glossary } from './glossary.ts';
import { explainTerms, termsIn, undefinedAbbreviations } from './terms.ts';

const page = (body: string) =>
  `<main><h1>SLO</h1><section data-part="30s">${body}</section><footer class="page-footer">SLO</footer></main>`;

test('the first mention of a term in prose leads to its definition; later ones stay text', () => {
  const html = explainTerms(page('<p>An SLO and one more SLO.</p>'), '/glossary/');
  expect(html).toContain(
    '<p>An <a class="term" href="/glossary/#slo" data-term="term-slo">SLO</a> and one more SLO.</p>',
  );
  expect(html).toMatch(
    /<div class="definition" popover id="term-slo"><strong>SLO<\/strong>, service level objective: .*href="\/glossary\/#slo"/,
  );
  expect(html.match(/data-term/g)).toHaveLength(1);
});

test.each([
  ['code', '<p><code>SLO</code></p>'],
  ['links', '<p><a href="/">an SLO</a></p>'],
  ['headings', '<h3 id="slo">SLO</h3>'],
  ['output', '<div class="lab-result not-content"><div></div><p>SLO</p></div>'],
  ['attributes', '<p title="SLO">x</p>'],
  ['parts of words', '<p>SLOTS and pre-SLO</p>'],
])('%s are left alone', (_, body) => {
  expect(explainTerms(page(body), '/glossary/')).toBe(page(body));
});

test('text after an element that is left alone is explained again', () => {
  expect(
    explainTerms(page('<figure class="code"><pre>SLO</pre></figure><p>A write skew.</p>'), '/g/'),
  ).toContain('>write skew</a>');
});

test('a page that is no guide comes back as it is', () => {
  const html = '<main><p>SLO</p><footer class="page-footer">SLO</footer></main>';
  expect(explainTerms(html, '/g/')).toBe(html);
});

test('terms of a text are found in all their spellings', () => {
  expect(termsIn('Idempotency keys, an SLO, two SLOs and the CPUs.')).toEqual(['idempotency', 'slo', 'cpu']);
});

test('an abbreviation that is in no list is named; names, codes and SQL are not', () => {
  expect(undefinedAbbreviations('Use QZX with AWS, SELECT, HTTP, 40P01 and E501.')).toEqual([
    { word: 'QZX', index: 4 },
  ]);
});

test('ids are unique anchors, and definitions are sentences without markup', () => {
  expect(new Set(glossary.map(({ id }) => id)).size).toBe(glossary.length);
  for (const { id, means } of glossary) {
    expect(id).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(means).toMatch(/^[A-Z][^<>`*]+[.]$/);
  }
  const spellings = glossary.flatMap(({ term, also = [] }) => [term, ...also]);
  expect(spellings.filter((text, index) => spellings.indexOf(text) !== index)).toEqual([]);
});
