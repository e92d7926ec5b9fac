import { readFence } from './fence.ts';
import { figureHtml } from './figure.ts';
import type { Renderer } from './renderer.ts';
import type { Block } from './scan.ts';
import { SourceError } from './source-error.ts';

/** One or more things to mend in a file's diagrams; the message has a `file:line reason` for each. */
export class DiagramError extends Error {
  constructor(reasons: readonly string[]) {
    super(reasons.join('\n'));
    this.name = 'DiagramError';
  }
}

/**
 * Draws one block of a file.
 * @param file name for messages
 * @param seen ids used on the page so far; this one is added
 * @returns the figure's HTML
 * @throws DiagramError with every reason and its line in the file
 */
export async function drawBlock(
  renderer: Renderer,
  block: Block,
  file: string,
  seen: Set<string>,
): Promise<string> {
  const fence = readFence(block.source);
  const at = (line: number | undefined) => `${file}:${block.line + Math.max(1, line ?? 1) - 1}`;
  const reasons = fence.problems.map(({ line, message }) => `${at(line)} ${message}`);
  if (seen.has(fence.id)) reasons.push(`${at(1)} another diagram of this page has the id "${fence.id}"`);
  if (fence.id) seen.add(fence.id);
  try {
    const steps = fence.steps.map(({ parts }) => parts);
    const drawing = await renderer.render({ source: block.source, steps });
    for (const { step, message } of drawing.faults)
      reasons.push(`${at(step === undefined ? 1 : fence.steps[step]?.line)} ${message}`);
    if (reasons.length === 0) return figureHtml(drawing, { ...fence, source: block.source });
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    reasons.push(`${at(error.line)} ${error.message.trim()}`);
  }
  throw new DiagramError(reasons);
}
