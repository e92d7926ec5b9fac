import { parentPort, workerData } from 'node:worker_threads';
import { finish } from '../finish/finish.ts';
import { SourceError } from '../source-error.ts';
import { enterMermaid } from './mermaid.ts';
import type { Reply, Request } from './request.ts';
import { Typeface } from './typeface.ts';

/** The drawing thread: Mermaid wants a browser's globals, which must not leak into the site's own build. */
const artist = await enterMermaid(new Typeface((workerData as { typeface: string }).typeface));
let queue: Promise<unknown> = Promise.resolve();

async function answer(n: number, request: Request): Promise<Reply> {
  const start = performance.now();
  try {
    const raw = await artist.draw(request);
    const drawn = performance.now();
    const drawing = finish(raw, artist.measure, request.steps);
    return { n, drawing, milliseconds: { layout: drawn - start, finish: performance.now() - drawn } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { n, error: message, line: error instanceof SourceError ? error.line : undefined };
  }
}

parentPort?.on('message', ({ n, request }: { n: number; request: Request }) => {
  // One at a time: they share the document.
  queue = queue.then(async () => {
    parentPort?.postMessage(await answer(n, request));
  });
});
parentPort?.postMessage('ready');
