import type { AstroIntegration } from 'astro';
import type { MdastPluginDefinition } from 'satteri';
import { readFence } from './fence.ts';
import { floorOf, svgHtml } from './figure.ts';
import { integration } from './integration.ts';
import { markdownPlugin } from './plugin.ts';
import { createRenderer } from './renderer.ts';
import type { Renderer } from './renderer.ts';
import { SourceError } from './source-error.ts';

const CACHE = 'node_modules/.cache/diagrams';

/**
 * One renderer for the whole process. The configuration and the bundled components load this module twice; its thread
 * is shared by way of the global object.
 */
function sharedRenderer(): Renderer {
  const key = Symbol.for('the-architect-round.diagrams');
  const held = globalThis as { [key]?: Renderer | undefined };
  return (held[key] ??= createRenderer({ cacheFolder: CACHE }));
}

/**
 * Diagrams for Astro. In `astro.config.mjs`:
 *
 * ```js
 * const { plugin, integration } = diagrams();
 * export default defineConfig({
 *   markdown: { processor: satteri({ mdastPlugins: [plugin, references] }) },  // before plugins that read code blocks or text
 *   integrations: [guides(), integration, starlight(…), mdx()],
 * });
 * ```
 *
 * The page needs `diagrams.css` among its styles and, for the viewer, `client.ts` as a script.
 * Fences are described at `readFence`. A fence that cannot be drawn stops the build with `file:line reason`.
 */
export function diagrams(): { plugin: MdastPluginDefinition; integration: AstroIntegration } {
  const renderer = sharedRenderer();
  const failures: unknown[] = [];
  const plugin = markdownPlugin(renderer, (error) => void failures.push(error));
  return { plugin, integration: integration(renderer, failures) };
}

/** A drawing for a component of one's own. */
export interface RenderedDiagram {
  /** An `<svg role="img">` for a page that has `diagrams.css`; put it into an element of class `diagram-frame`. */
  svg: string;
  /** Natural size in px. */
  width: number;
  height: number;
  /** Below this width in px its text would be too small: add the class `diagram-from-<floor>` to the frame. */
  floor: number;
}

/**
 * Draws a Mermaid source from code, such as a plot of a lab's data. Results are cached like those of pages.
 * @param source Mermaid with `accTitle` (and `accDescr`, unless the page describes the picture)
 * @param options.id unique on the page: prefix of the ids inside
 * @param options.describedBy id of the element on the page that describes the picture
 * @throws SourceError with Mermaid's reason and line, when labels cannot be read, or when there is no `accTitle`
 * @public
 */
export async function renderDiagram(
  source: string,
  { id, describedBy }: { id: string; describedBy?: string },
): Promise<RenderedDiagram> {
  const { title, description } = readFence(source);
  if (title === '') throw new SourceError('the diagram has no `accTitle: …`', 1);
  const drawing = await sharedRenderer().render({ source, steps: [] });
  const [fault] = drawing.faults;
  if (fault) throw new SourceError(fault.message, 1);
  const svg = svgHtml(drawing, {
    prefix: id,
    title,
    ...(describedBy === undefined ? { description } : { describedBy }),
  });
  return { svg, width: drawing.width, height: drawing.height, floor: floorOf(drawing) };
}
