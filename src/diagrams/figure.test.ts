import { HtmlValidate } from 'html-validate';
import { describe, expect, test } from 'vitest';
import { escapeHtml } from '#guides/html.ts';
import type { Drawing } from './draw/request.ts';
import { figureHtml, FLOORS, floorOf, frameHtml, inlineHtml, SMALLEST_TEXT, svgHtml } from './figure.ts';

const drawing: Drawing = {
  kind: 'flowchart-v2',
  body: '<marker id="@@0"/><path marker-end="url(#@@0)" d="M0 0L9 9"/>',
  viewBox: '0 0 400 200',
  width: 400,
  height: 200,
  smallestText: 16,
  faults: [],
};
const text = {
  id: 'one-write',
  caption: 'Key & effect commit `together`',
  title: 'One "write"',
  description: 'A client <asks> once.',
  steps: [{ parts: ['a'], text: 'The `key` is made', line: 1 }],
  source: 'flowchart TB\n  a["x < y"] --> b',
};

test('is valid HTML, as one line', async () => {
  const html = figureHtml(drawing, text);
  expect(html).not.toContain('\n');
  const validator = new HtmlValidate({ extends: ['html-validate:recommended', 'html-validate:a11y'] });
  const report = await validator.validateString(
    `<!DOCTYPE html><html lang="en"><head><title>t</title></head><body><main>${html}</main></body></html>`,
  );
  expect(report.results.flatMap(({ messages }) => messages.map(({ message }) => message))).toEqual([]);
});

test('has no style of its own, and names under its anchor', () => {
  const html = figureHtml(drawing, text);
  expect(html).not.toMatch(/<style|style=/);
  expect(html).toContain(
    '<figure class="diagram not-content" id="diagram-one-write" data-diagram="one-write">',
  );
  expect(html).toContain('id="diagram-one-write-0"');
  expect(html).toContain('url(#diagram-one-write-0)');
});

test('is a picture with a name, and a description that everybody can read', () => {
  const html = figureHtml(drawing, text);
  expect(html).toContain(
    'role="img" aria-label="One &quot;write&quot;" aria-describedby="diagram-one-write-description"',
  );
  expect(html).toContain(
    '<summary>Describe this diagram</summary><p id="diagram-one-write-description">A client &lt;asks&gt; once.</p>',
  );
});

test('lists its steps, and keeps its source for copying', () => {
  const html = figureHtml(drawing, text);
  expect(html).toContain('<ol class="diagram-steps"><li>The <code>key</code> is made</li></ol>');
  expect(html).toContain(
    '<template data-diagram-source>flowchart TB&#10;  a[&quot;x &lt; y&quot;] --&gt; b</template>',
  );
  expect(figureHtml(drawing, { ...text, steps: [] })).not.toContain('<ol');
});

describe('readable text', () => {
  test.each([
    [{ width: 400, smallestText: 16 }, 320],
    [{ width: 300, smallestText: 16 }, 280],
    [{ width: 700, smallestText: 12 }, 680],
    [{ width: 9000, smallestText: 16 }, 6469],
  ])('%o needs %i px', (size, floor) => {
    expect(floorOf(size)).toBe(floor);
  });

  test('a floor never makes text smaller than the limit', () => {
    for (const floor of FLOORS) {
      const width = (floor * 16) / SMALLEST_TEXT;
      expect((floorOf({ width, smallestText: 16 }) / width) * 16).toBeGreaterThanOrEqual(SMALLEST_TEXT);
    }
  });

  test('small print is set larger', () => {
    expect(svgHtml({ ...drawing, smallestText: 10 }, { prefix: 'p', title: 't' })).toContain(
      'width="460" height="230"',
    );
  });

  test('a frame that may scroll can be reached by keyboard and says so', () => {
    expect(frameHtml({ ...drawing, width: 300 }, '<svg/>')).toBe('<div class="diagram-frame"><svg/></div>');
    const wide = frameHtml({ ...drawing, width: 800 }, '<svg/>');
    expect(wide).toContain(
      'class="diagram-frame diagram-from-600" role="group" tabindex="0" aria-label="Diagram, scrolls sideways"',
    );
    expect(wide).toContain('class="diagram-hint"');
  });
});

test('text is made safe', () => {
  expect(escapeHtml('<a href="x">&</a>')).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;');
  expect(inlineHtml('`a<b` and `')).toBe('<code>a&lt;b</code> and `');
});
