/** The request was refused because the limit and its line are full. */
export class Shed extends Error {}

/** Lets `limit` calls run at a time and `line` wait; refuses the rest at once. */
// #region bulkhead
export class Bulkhead {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #limit: number;
  readonly #line: number;

  constructor(limit: number, line: number) {
    this.#limit = limit;
    this.#line = line;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limit) this.#running++;
    else if (this.#waiting.length >= this.#line) throw new Shed('503: too busy');
    else await new Promise<void>((turn) => this.#waiting.push(turn)); // inherits a running place
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
// #endregion bulkhead
