import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { Cache } from './cache.ts';
import type { Drawing, Reply, Request } from './draw/request.ts';
import { SourceError } from './source-error.ts';

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
  /** Ends the drawing thread. A later `render` starts another. */
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

export interface RendererOptions {
  /** Where finished drawings are kept. Undefined keeps none. */
  cacheFolder?: string | undefined;
}

/** @returns a renderer that starts its drawing thread when the first source is not in the cache */
export function createRenderer({ cacheFolder }: RendererOptions = {}): Renderer {
  const room = roomFolder();
  const typeface = path.join(room, '../site/fonts/board.woff2');
  const hash = createHash('sha256');
  for (const file of [...filesThatShape(room), typeface]) hash.update(readFileSync(file));
  hash.update(readFileSync(path.join(room, '../../node_modules/mermaid/package.json')));
  const version = hash.digest('hex').slice(0, 16);
  const cache = cacheFolder === undefined ? undefined : new Cache(cacheFolder, version);
  const stats: Stats = { drawn: 0, cached: 0, layout: 0, finish: 0, start: 0 };
  const waiting = new Map<number, (reply: Reply | Error) => void>();
  let thread: Promise<Worker> | undefined;
  let count = 0;

  async function start(): Promise<Worker> {
    const began = performance.now();
    const worker = new Worker(path.join(room, 'draw/worker.ts'), { workerData: { typeface } });
    const fail = (error: Error) => {
      thread = undefined;
      for (const settle of waiting.values()) settle(error);
      waiting.clear();
    };
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', () => {
        worker.off('error', reject);
        resolve();
      });
    });
    stats.start = performance.now() - began;
    worker.on('error', fail);
    worker.on('exit', (code) => {
      fail(new Error(`The drawing thread ended (exit code ${code}).`));
    });
    worker.on('message', (reply: Reply) => {
      const settle = waiting.get(reply.n);
      waiting.delete(reply.n);
      // An idle thread must not keep the process alive.
      if (waiting.size === 0) worker.unref();
      settle?.(reply);
    });
    worker.unref();
    return worker;
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
      const worker = await (thread ??= start());
      const n = ++count;
      const reply = await new Promise<Reply | Error>((resolve) => {
        waiting.set(n, resolve);
        worker.ref();
        worker.postMessage({ n, request });
      });
      if (reply instanceof Error) throw reply;
      if ('error' in reply) throw new SourceError(reply.error, reply.line);
      stats.drawn++;
      stats.layout += reply.milliseconds.layout;
      stats.finish += reply.milliseconds.finish;
      cache?.set(key, reply.drawing);
      return reply.drawing;
    },
    async close() {
      const worker = await thread;
      thread = undefined;
      worker?.removeAllListeners('exit');
      await worker?.terminate();
    },
  };
}
