import { Worker } from 'node:worker_threads';
import type { Reply, Request } from './draw/request.ts';

/** A thread with Mermaid in it. It starts at once, and draws one source after the other. */
export class DrawingThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve: (reply: Reply) => void; reject: (error: Error) => void }>();
  /** Ms from the start until the thread could draw. */
  readonly ready: Promise<number>;
  #count = 0;
  #end: Error | undefined;

  /**
   * @param file the thread's module, `draw/worker.ts`
   * @param typeface path of the font to measure with
   */
  constructor(file: string, typeface: string) {
    const began = performance.now();
    this.#worker = new Worker(file, { workerData: { typeface } });
    this.ready = new Promise((resolve, reject) => {
      this.#worker.once('error', reject);
      this.#worker.once('message', () => {
        resolve(performance.now() - began);
        this.#worker.on('message', (reply: Reply) => {
          this.#settle(reply);
        });
      });
    });
    // Who draws hears of a failed start; nobody else needs to.
    this.ready.catch(() => undefined);
    this.#worker.on('error', (error) => {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    });
    this.#worker.on('exit', (code) => {
      this.#fail(new Error(`The drawing thread ended (exit code ${code}).`));
    });
    this.#worker.unref();
  }

  /** How many sources wait for this thread. */
  get load(): number {
    return this.#waiting.size;
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** @throws when the thread cannot start or breaks down; a source that cannot be drawn is a reply */
  async draw(request: Request): Promise<Reply> {
    if (this.#end) throw this.#end;
    const n = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(n, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ n, request });
    });
  }

  #settle(reply: Reply): void {
    const waiter = this.#waiting.get(reply.n);
    this.#waiting.delete(reply.n);
    // An idle thread must not keep the process alive.
    if (this.#waiting.size === 0) this.#worker.unref();
    waiter?.resolve(reply);
  }

  #fail(error: Error): void {
    this.#end ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
