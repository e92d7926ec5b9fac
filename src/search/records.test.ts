import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { sectionRecords } from './records.ts';

const records = (body: string) => sectionRecords(new JSDOM(body).window.document);

test('each place with an address is a record with its own text', () => {
  expect(
    records(`<section data-part="deep-dive"><header><h2 id="deep-dive">Deep dive</h2></header><p>Before.</p>
      <div class="sl-heading-wrapper"><h3 id="one">One</h3><a class="sl-anchor-link" href="#one">#</a></div><p>First.</p>
      <h3 id="two">Two</h3><p>Second <code>SKIP LOCKED</code>.</p></section>
      <section data-part="proof"><h2 id="proof">Proof</h2>
      <section class="lab" id="lab-x"><h3>A lab</h3><p>It proves.</p><figure class="code">code</figure></section></section>
      <section data-part="follow-ups"><h2 id="follow-ups">Follow-ups</h2>
      <details><summary><h3>Why?</h3></summary><div class="answer" id="follow-up-why"><p>Because.</p></div></details></section>`),
  ).toEqual([
    { anchor: 'deep-dive', heading: 'Deep dive', text: 'Before.' },
    { anchor: 'one', heading: 'One', text: 'First.' },
    { anchor: 'two', heading: 'Two', text: 'Second SKIP LOCKED.' },
    { anchor: 'lab-x', heading: 'A lab', text: 'It proves.' },
    { anchor: 'follow-ups', heading: 'Follow-ups', text: 'Why?' },
    { anchor: 'follow-up-why', heading: 'Why?', text: 'Because.' },
  ]);
});

test('of a trace its notes and what failed are kept: the messages that readers look for', () => {
  const step = (outcome: string, result: string) =>
    `<li data-step data-outcome="${outcome}"><p class="step-line"><code>COMMIT</code></p><p class="step-result">${result}</p></li>`;
  expect(
    records(`<section data-part="proof"><h2 id="proof">Proof</h2><section class="lab" id="lab-x"><h3>A lab</h3>
      <ol class="steps">${step('works', 'COMMIT')}${step('fails', 'could not serialize access')}<li><p class="step-note">Try again.</p></li></ol></section></section>`),
  ).toEqual([{ anchor: 'lab-x', heading: 'A lab', text: 'could not serialize access. Try again.' }]);
});

test('read in one line, names and values stay apart and left-out citations leave no gap', () => {
  expect(
    records(`<section data-part="proof"><h2 id="proof">Proof</h2><section class="lab" id="lab-x"><p class="lab-badge">Lab</p><h3>A lab</h3>
      <p>The frame has a name <sup class="cite">4</sup>. It said “stop.”</p>
      <dl class="facts"><div><dt>rows left</dt><dd>0</dd></div><div><dt>kills</dt><dd>5</dd></div></dl></section></section>`),
  ).toEqual([
    {
      anchor: 'lab-x',
      heading: 'A lab',
      text: 'The frame has a name. It said “stop.” rows left: 0; kills: 5.',
    },
  ]);
});

test('a page that is no guide has none', () => {
  expect(records('<main><h1>Home</h1><p>Text</p></main>')).toEqual([]);
});
