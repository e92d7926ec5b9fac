import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Cache } from './cache.ts';
import type { Drawing, Request } from './draw/request.ts';
import { SourceError } from './source-error.ts';
import { DrawingThread } from './thread.ts';

/** What a renderer has done so far. Times are in ms. */
export interface Stats {
  drawn: number;
  cached: number;
  layout: number;
  finish: number;
  start: number;
}

export interface Renderer {
  /** A hash of everything beside the source that shapes a drawing: Mermaid, theme, typeface and this code. */
  readonly version: string;
  readonly stats: Stats;
  /**
   * Draws a source, or finds it in the cache.
   * @throws SourceError with Mermaid's reason and the line of the source
   */
  render(request: Request): Promise<Drawing>;
  /** Ends the drawing threads. A later `render` starts others. */
  close(): Promise<void>;
}

/** This room's folder. Astro bundles components that import it into other folders, hence the second way to find it. */
export function roomFolder(): string {
  const here = import.meta.dirname;
  return existsSync(path.join(here, 'draw/worker.ts')) ? here : path.resolve('src/diagrams');
}

function filesThatShape(room: string): string[] {
  return ['draw', 'finish'].flatMap((folder) =>
    readdirSync(path.join(room, folder))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .sort()
      .map((name) => path.join(room, folder, name)),
  );
}

/** The libraries whose versions shape a drawing, by where they stand in node_modules. */
const LIBRARIES = ['mermaid', 'jsdom', 'fontkit', 'd3-color', 'path-data-parser'];

function versionOf(room: string, typeface: string): string {
  const manifests = LIBRARIES.map((name) => path.join(room, '../../node_modules', name, 'package.json'));
  const hash = createHash('sha256');
  for (const file of [...filesThatShape(room), typeface, ...manifests]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

export interface RendererOptions {
  /** Where finished drawings are kept. Undefined keeps none. */
  cacheFolder?: string | undefined;
}

/** A further thread costs about a second to start: it is worth it when this many sources wait for each. */
const WORTH_ANOTHER = 4;
const MOST_THREADS = Math.min(4, availableParallelism());

/** @returns a renderer that starts its drawing threads when sources come that are not in the cache */
export function createRenderer({ cacheFolder }: RendererOptions = {}): Renderer {
  const room = roomFolder();
  const typeface = path.join(room, '../site/fonts/board.woff2');
  const version = versionOf(room, typeface);
  const cache = cacheFolder === undefined ? undefined : new Cache(cacheFolder, version);
  const stats: Stats = { drawn: 0, cached: 0, layout: 0, finish: 0, start: 0 };
  let threads: DrawingThread[] = [];

  function leastLoaded(): DrawingThread {
    threads = threads.filter(({ hasEnded }) => !hasEnded);
    const [idlest] = threads.toSorted((a, b) => a.load - b.load);
    if (idlest && (idlest.load < WORTH_ANOTHER || threads.length >= MOST_THREADS)) return idlest;
    const thread = new DrawingThread(path.join(room, 'draw/worker.ts'), typeface);
    threads.push(thread);
    return thread;
  }

  return {
    version,
    stats,
    async render(request) {
      const key = JSON.stringify(request);
      const known = cache?.get(key);
      if (known) {
        stats.cached++;
        return known;
      }
      const thread = leastLoaded();
      const [started, reply] = await Promise.all([thread.ready, thread.draw(request)]);
      stats.start = Math.max(stats.start, started);
      if ('error' in reply) throw new SourceError(reply.error, reply.line);
      stats.drawn++;
      stats.layout += reply.milliseconds.layout;
      stats.finish += reply.milliseconds.finish;
      cache?.set(key, reply.drawing);
      return reply.drawing;
    },
    async close() {
      const ending = threads;
      threads = [];
      await Promise.all(ending.map((thread) => thread.close()));
    },
  };
}
