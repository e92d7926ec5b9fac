import type { ShikiConfig } from 'astro';

type Transformer = NonNullable<ShikiConfig['transformers']>[number];
type Root = Parameters<NonNullable<Transformer['root']>>[0];
type Element = Parameters<NonNullable<Transformer['pre']>>[0];
type Child = Element['children'][number];

/** What a block without a file's name is called, by its language; others are called as they are written. */
const languages: Readonly<Record<string, string>> = {
  promql: 'PromQL',
  sql: 'SQL',
  text: 'Output',
  yaml: 'YAML',
};

/** A block of fewer lines is not cut in two by the end of a printed page. */
const fewLines = 12;

/** The kinds of token that have a colour in `code.css`, by the name that Shiki's `css-variables` theme gives them. */
const kinds: Readonly<Record<string, string>> = {
  comment: 'comment',
  constant: 'constant',
  function: 'function',
  keyword: 'keyword',
  string: 'string',
  'string-expression': 'string',
};

function kindOf(node: Element): string | undefined {
  const [, name = ''] = /--astro-code-token-([a-z-]+)/.exec(String(node.properties['style'])) ?? [];
  return kinds[name];
}

function textOf(node: Child): string {
  return node.type === 'text' ? node.value : 'children' in node ? node.children.map(textOf).join('') : '';
}

function element(tagName: string, properties: Element['properties'], ...children: Child[]): Element {
  return { type: 'element', tagName, properties, children };
}

/** The tokens of all lines as text and, where a token has a colour, spans with its kind as class; neighbours alike are one. */
function tokensOf(code: Element): Child[] {
  const lines = code.children.flatMap((line) => (line.type === 'element' ? line.children : [line]));
  const tokens: { kind: string | undefined; text: string }[] = [];
  for (const token of lines) {
    const kind = token.type === 'element' ? kindOf(token) : undefined;
    const last = tokens.at(-1);
    const text = textOf(token);
    // White space has no colour of its own.
    if (last && (last.kind === kind || text.trim() === '')) last.text += text;
    else tokens.push({ kind, text });
  }
  return tokens.map(({ kind, text }): Child => {
    const value = { type: 'text', value: text } as const;
    return kind === undefined ? value : element('span', { class: kind }, value);
  });
}

/**
 * Makes Shiki's block (with the theme `css-variables`) a figure: the file's name (from `title="…"` after the fence) or the
 * language above, and the code with its tokens as classes, so that `code.css` alone says how they look. A block may
 * scroll, so the keyboard can reach it and it has a name.
 */
export const codeFigure: Transformer = {
  name: 'code-figure',
  root(root: Root) {
    const pre = root.children.find((child): child is Element => child.type === 'element');
    const code = pre?.children.find((child): child is Element => child.type === 'element');
    if (!pre || !code) return;
    const { lang, meta } = this.options;
    const lines = this.source.split('\n').length;
    const [, title = languages[lang] ?? lang] = /\btitle="([^"]*)"/.exec(meta?.__raw ?? '') ?? [];
    root.children = [
      element(
        'figure',
        { class: lines < fewLines ? 'code code-short' : 'code' },
        element('figcaption', {}, { type: 'text', value: title }),
        element(
          'pre',
          { tabindex: '0', role: 'group', 'aria-label': `Code: ${title}` },
          element('code', {}, ...tokensOf(code)),
        ),
      ),
    ];
  },
};
