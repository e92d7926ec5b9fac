/** What is wrong with a Mermaid source. `line` counts from 1 within the source. */
export class SourceError extends Error {
  readonly line: number | undefined;

  constructor(message: string, line: number | undefined) {
    super(message);
    this.name = 'SourceError';
    this.line = line;
  }
}
