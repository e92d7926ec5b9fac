/** Lets some run side by side and others alone. */

/** A turn that has been given; end it by calling `done`. */
export type Done = () => void;

/** Gives turns: up to `most` at a time, or a single one that asked to be alone. First come, first served. */
export class Turns {
  readonly #most: number;
  readonly #waiting: { alone: boolean; start: (done: Done) => void }[] = [];
  #running = 0;
  #alone = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** Waits for a turn. */
  take(alone: boolean): Promise<Done> {
    return new Promise((start) => {
      this.#waiting.push({ alone, start });
      this.#next();
    });
  }

  #next(): void {
    const [first] = this.#waiting;
    if (!first || this.#alone || this.#running >= (first.alone ? 1 : this.#most)) return;
    this.#waiting.shift();
    this.#running++;
    this.#alone = first.alone;
    let ended = false;
    first.start(() => {
      if (ended) return;
      ended = true;
      this.#running--;
      this.#alone = false;
      this.#next();
    });
    this.#next();
  }
}
