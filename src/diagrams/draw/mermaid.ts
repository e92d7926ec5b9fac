import { enterBrowser } from './environment.ts';
import { quotedLine, SourceError, sourceLine } from '../source-error.ts';
import { config } from './config.ts';
import { withAuthorClasses } from './look.ts';
import { themeVariables } from './theme-variables.ts';
import type { Raw } from '../finish/finish.ts';
import type { Edge } from '../finish/parts.ts';
import type { Measure } from './measure.ts';
import type { Mermaid } from 'mermaid';
import type { Request } from './request.ts';
import type { Typeface } from './typeface.ts';

/** A small seeded generator (mulberry32): Git graphs and blocks name their parts by chance. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Artist {
  measure: Measure;
  /** Draws one source and returns its raw `<svg>`, attached to the document until the next call. */
  draw(request: Request): Promise<Raw>;
}

export const FONT_FAMILY = 'Board';

/** Makes this thread one that draws: globals of a browser, then Mermaid itself. Call once per thread. */
export async function enterMermaid(typeface: Typeface): Promise<Artist> {
  const { document, measure } = enterBrowser(typeface);
  const { default: mermaid } = await import('mermaid');
  const base = config(FONT_FAMILY);
  mermaid.initialize(base);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells the names of all theme variables
  const defaults = mermaid.mermaidAPI.getConfig().themeVariables as Record<string, unknown>;
  mermaid.initialize({ ...base, themeVariables: themeVariables(defaults, FONT_FAMILY) });
  const chance = Math.random;
  return {
    measure,
    async draw({ source, steps }) {
      document.body.replaceChildren();
      Math.random = generator(1);
      try {
        const { svg: markup, diagramType: kind } = await mermaid.render('drawing', withAuthorClasses(source));
        const host = document.createElement('div');
        host.innerHTML = markup;
        document.body.replaceChildren(host);
        const svg = host.querySelector('svg');
        if (!svg) throw new Error('Mermaid drew nothing.');
        const namesEdges = steps.flat().some((part) => part.includes('->'));
        return { svg, kind, edges: namesEdges ? await edgesOf(mermaid, source) : [] };
      } catch (error) {
        throw asSourceError(source, error);
      } finally {
        Math.random = chance;
      }
    },
  };
}

/** The edges of kinds that keep them in Mermaid's common form; none for the others. */
async function edgesOf(mermaid: Mermaid, source: string): Promise<Edge[]> {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells which nodes an edge joins
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(source);
  const data = (db as { getData?: () => { edges?: Partial<Edge>[] } }).getData?.();
  return (data?.edges ?? []).flatMap(({ id, start, end }) =>
    id !== undefined && start !== undefined && end !== undefined ? [{ id, start, end }] : [],
  );
}

function asSourceError(source: string, error: unknown): SourceError {
  const raw = error instanceof Error ? error.message : String(error);
  const message = error instanceof TypeError ? `Mermaid breaks on this source (${raw})` : raw;
  const said = /line:? (\d+)/.exec(message)?.[1];
  const hash = (error as { hash?: { loc?: { first_line?: number } } } | undefined)?.hash;
  const line = said === undefined ? hash?.loc?.first_line : Number(said);
  // The line that the parser counted is not the one of the file, which the reader gets.
  const reason = message.replaceAll(/ on line \d+(?:, column \d+)?/g, '').trim();
  return new SourceError(reason, line === undefined ? quotedLine(source, message) : sourceLine(source, line));
}
