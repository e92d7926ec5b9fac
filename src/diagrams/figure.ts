import { escapeHtml } from '#guides/html.ts';
import type { Drawing } from './draw/request.ts';
import { withPrefix } from './finish/names.ts';
import type { Step } from './fence.ts';

/** Text in a diagram is never set smaller than this, in px. */
export const SMALLEST_TEXT = 11.5;

/** Widths in px under which a frame scrolls instead of shrinking its picture; `diagrams.css` has a rule for each. */
export const FLOORS = [
  280, 320, 360, 400, 440, 480, 520, 560, 600, 640, 680, 720, 760, 800, 880, 960, 1040, 1120, 1200, 1400,
  1600, 2000, 2400, 3200,
] as const;

/** @returns the smallest floor at which all text of a drawing is readable */
export function floorOf({ width, smallestText }: Pick<Drawing, 'width' | 'smallestText'>): number {
  const needed = (width * SMALLEST_TEXT) / smallestText;
  return FLOORS.find((floor) => floor >= needed) ?? Math.ceil(needed);
}

/** A line of text with `code` between backquotes, as HTML. */
export function inlineHtml(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

export interface SvgOptions {
  /** Prefix of all ids inside; unique on the page. */
  prefix: string;
  /** The picture's name for assistive technology. */
  title: string;
  /** Id of the element on the page that describes it, or the description itself. */
  describedBy?: string | undefined;
  description?: string | undefined;
}

/** A drawing as an `<svg>` element for a page that has `diagrams.css`. */
export function svgHtml(drawing: Drawing, { prefix, title, describedBy, description }: SvgOptions): string {
  // A drawing with small print is set larger than Mermaid drew it.
  const scale = Math.max(1, SMALLEST_TEXT / drawing.smallestText);
  const size = `width="${Math.ceil(drawing.width * scale)}" height="${Math.ceil(drawing.height * scale)}"`;
  const reference = describedBy === undefined ? '' : ` aria-describedby="${describedBy}"`;
  const name = `role="img" aria-label="${escapeHtml(title)}"${reference}`;
  const desc = description === undefined ? '' : `<desc>${escapeHtml(description)}</desc>`;
  return `<svg viewBox="${drawing.viewBox}" ${size} ${name}>${desc}${withPrefix(drawing.body, prefix)}</svg>`;
}

/** @returns classes and attributes of the frame around a drawing, which scrolls where the drawing cannot shrink */
export function frameHtml(drawing: Drawing, svg: string): string {
  const floor = floorOf(drawing);
  const [smallest] = FLOORS;
  if (floor <= smallest) return `<div class="diagram-frame">${svg}</div>`;
  return [
    `<div class="diagram-frame diagram-from-${floor}" role="group" tabindex="0" aria-label="Diagram, scrolls sideways">${svg}</div>`,
    '<p class="diagram-hint" aria-hidden="true">Wider than the screen: scroll sideways</p>',
  ].join('');
}

/** What a figure says about its drawing. */
export interface FigureText {
  id: string;
  caption: string;
  title: string;
  description: string;
  steps: readonly Step[];
  source: string;
}

/** The whole figure: caption, drawing, steps, description, source and the hook for the viewer. One line of HTML. */
export function figureHtml(
  drawing: Drawing,
  { id, caption, title, description, steps, source }: FigureText,
): string {
  const anchor = `diagram-${id}`;
  const svg = svgHtml(drawing, { prefix: anchor, title, describedBy: `${anchor}-description` });
  const list = steps.map(({ text }) => `<li>${inlineHtml(text)}</li>`).join('');
  return [
    `<figure class="diagram not-content" id="${anchor}" data-diagram="${id}">`,
    `<figcaption>${inlineHtml(caption)}</figcaption>`,
    frameHtml(drawing, svg),
    list === '' ? '' : `<ol class="diagram-steps">${list}</ol>`,
    '<div class="diagram-foot">',
    `<details><summary>Describe this diagram</summary><p id="${anchor}-description">${inlineHtml(description)}</p></details>`,
    `<a class="anchor" href="#${anchor}" data-copy-link><span class="visually-hidden">Link to the diagram: ${escapeHtml(title)}</span></a>`,
    `<button type="button" class="diagram-open" data-diagram-open hidden aria-label="Open diagram: ${escapeHtml(title)}">Open diagram</button>`,
    '</div>',
    `<template data-diagram-source>${escapeHtml(source).replaceAll('\n', '&#10;')}</template>`,
    '</figure>',
  ].join('');
}
