import { AUTHOR_CLASSES } from './draw/tokens.ts';

/** Something to mend in a source; `line` counts from 1 within it. */
export interface Problem {
  line: number;
  message: string;
}

/** One step of a walk-through. */
export interface Step {
  /** What the step concerns, as written between the brackets; see `readFence`. */
  parts: string[];
  text: string;
  line: number;
}

/** What a fence says about its diagram. */
export interface Fence {
  id: string;
  caption: string;
  title: string;
  description: string;
  steps: Step[];
  problems: Problem[];
}

const DIRECTIVE = /^\s*%%\s*(id|caption|accTitle|accDescr|step)\b\s*(.*)$/;
const STEP = /^(\d+)\s*(?:\(((?:"[^"]*"|[^)"])*)\))?\s*:\s*(.*)$/;

/** Cuts `client, gateway->service, "a, b", #3` at the commas outside quotes. */
function splitParts(list: string): string[] {
  return (list.match(/(?:"[^"]*"|[^,"])+/g) ?? []).map((part) => part.trim()).filter((part) => part !== '');
}

/**
 * Reads the comment lines of a fence:
 *
 * ```text
 * %% id: idempotent-write                       required; the page's anchor is #diagram-idempotent-write
 * %% caption: The key and the effect commit together   required; says what to notice
 * %% step 1 (client, client->gateway): The client makes the key …   optional
 * accTitle: …        required, in Mermaid's own syntax (as `%% accTitle: …` in kinds that have none)
 * accDescr: …        required, likewise; `accDescr { … }` over several lines too
 * ```
 *
 * A step's brackets name what it concerns, by commas: a node, state, entity, participant or task by its id (`gateway`);
 * an edge by its ends (`client->gateway`); messages of a sequence diagram by number (`#3`, `#3-5`); anything else by
 * its label (`"COMMIT"`). In captions and steps, backquotes make code.
 *
 * Problems are gathered, not thrown: missing or malformed lines, literal colours, settings that are the site's.
 */
export function readFence(source: string): Fence {
  const problems: Problem[] = [];
  const fence: Fence = { id: '', caption: '', title: '', description: '', steps: [], problems };
  const lines = source.split('\n');
  lines.forEach((text, i) => {
    const [, name, rest = ''] = DIRECTIVE.exec(text) ?? [];
    const line = i + 1;
    if (name === undefined) return;
    if (name === 'step') {
      const [, number, parts = '', says = ''] = STEP.exec(rest) ?? [];
      const due = fence.steps.length + 1;
      if (number === undefined || says.trim() === '')
        problems.push({ line, message: 'a step is written `%% step 1 (part, part): what happens`' });
      else if (Number(number) !== due)
        problems.push({
          line,
          message: `steps count from 1 without gaps: this is step ${due}, not ${number}`,
        });
      else fence.steps.push({ parts: splitParts(parts), text: says.trim(), line });
      return;
    }
    const value = /^:\s*(.*)$/.exec(rest)?.[1]?.trim();
    if (value === undefined) return;
    if (name === 'id') fence.id = value;
    else if (name === 'caption') fence.caption = value;
    else if (name === 'accTitle') fence.title = value;
    else fence.description = value;
  });
  fence.title ||= /^[ \t]*accTitle[ \t]*:[ \t]*(.+)$/m.exec(source)?.[1]?.trim() ?? '';
  const described =
    /^[ \t]*accDescr[ \t]*:[ \t]*(.+)$/m.exec(source)?.[1] ??
    /^[ \t]*accDescr\s*\{([^}]*)\}/m.exec(source)?.[1] ??
    '';
  fence.description ||= described.replace(/\s+/g, ' ').trim();

  if (fence.id === '')
    problems.push({ line: 1, message: 'the diagram has no `%% id: some-name` (its anchor)' });
  else if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(fence.id))
    problems.push({ line: lineOf(lines, /%%\s*id/), message: `id "${fence.id}" is not in kebab-case` });
  for (const [has, example] of [
    [fence.caption, '%% caption: what to notice'],
    [fence.title, 'accTitle: what it shows, in a few words'],
    [fence.description, 'accDescr: what it shows, in sentences, for those who do not see it'],
  ] as const)
    if (has === '') problems.push({ line: 1, message: `the diagram has no \`${example}\`` });
  problems.push(...colourProblems(lines));
  return fence;
}

function lineOf(lines: readonly string[], pattern: RegExp): number {
  return lines.findIndex((line) => pattern.test(line)) + 1;
}

const STYLE_WORDS =
  /^\s*(?:classDef|style|linkStyle|UpdateElementStyle|UpdateRelStyle|UpdateBoundaryStyle)\b/;
const COLOUR =
  /#[0-9a-f]{3,8}\b(?!;)|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch)a?\(|\b(?:fill|stroke|color|stroke-color|bgColor|fontColor|borderColor|lineColor|textColor)\s*[:=]|\$(?:bg|font|border|line|text)Color/i;
const SETTINGS = /\b(?:theme|themeVariables|themeCSS|look|fontFamily|htmlLabels|securityLevel)\b["']?\s*:/;
const CLASSES = AUTHOR_CLASSES.join(', ');

/** Colours belong to the site's tokens: a fence names what a thing is, not how it is painted. */
function colourProblems(lines: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  const isSequence = lines.some((text) => /^\s*sequenceDiagram\b/.test(text));
  const isQuadrant = lines.some((text) => /^\s*quadrantChart\b/.test(text));
  let inFrontmatter = false;
  lines.forEach((text, i) => {
    const line = i + 1;
    if (/^\s*---\s*$/.test(text) && (i === 0 || inFrontmatter)) inFrontmatter = i === 0;
    if ((inFrontmatter || /%%\{/.test(text)) && SETTINGS.test(text))
      problems.push({ line, message: 'theme, look and fonts are the site’s: take this setting out' });
    if (/^\s*%%/.test(text)) return;
    const styled = STYLE_WORDS.test(text) || (isQuadrant && /\]\s+.*(?:color|stroke-color)\s*:/.test(text));
    if (styled && COLOUR.test(text))
      problems.push({
        line,
        message: `literal colours do not change with the theme: use a class (${CLASSES}) instead`,
      });
    const area = isSequence ? /^\s*rect\b\s*(.*)$/.exec(text)?.[1]?.trim() : undefined;
    if (area !== undefined && !AUTHOR_CLASSES.some((name) => name === area))
      problems.push({ line, message: `\`rect\` takes a class here (${CLASSES}), not the colour "${area}"` });
    const box = isSequence ? /^\s*box\s+(#\S+|(?:rgb|hsl)a?\([^)]*\))/i.exec(text)?.[1] : undefined;
    if (box !== undefined)
      problems.push({ line, message: `\`box\` takes a class here (${CLASSES}), not the colour "${box}"` });
  });
  return problems;
}
