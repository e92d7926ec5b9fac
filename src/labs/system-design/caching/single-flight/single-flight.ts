/** Loads each key at most once at a time: whoever asks while a load is on its way gets its answer, or its error. */
// #region flight
export class SingleFlight<T> {
  readonly #flights = new Map<string, Promise<T>>();

  run(key: string, load: () => Promise<T>): Promise<T> {
    const flying = this.#flights.get(key);
    if (flying) return flying;
    const flight = load().finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }
}
// #endregion flight

interface Entry<T> {
  readonly value: T;
  /** Until then the value is fresh; after it, it is served while one load replaces it. In milliseconds since the epoch. */
  readonly freshUntil: number;
}

/** A cache in the process: single flight for what is missing, stale-while-revalidate for what is old. `null` is a value. */
export class Cache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #flights = new SingleFlight<T>();
  readonly #load: (key: string) => Promise<T>;
  readonly #now: () => number;

  constructor(load: (key: string) => Promise<T>, now: () => number) {
    this.#load = load;
    this.#now = now;
  }

  // #region cache
  async get(key: string): Promise<T> {
    const entry = this.#entries.get(key); // not the value: null is an answer too
    if (!entry) return this.#refresh(key);
    if (this.#now() >= entry.freshUntil) this.#refresh(key).catch(() => undefined); // in the background
    return entry.value;
  }

  #refresh(key: string): Promise<T> {
    return this.#flights.run(key, async () => {
      const value = await this.#load(key);
      this.#entries.set(key, { value, freshUntil: this.#now() + 60_000 });
      return value;
    });
  }
  // #endregion cache
}
