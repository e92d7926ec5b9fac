/** A block of code in a guide, and what can be wrong with it. */

/** A block to be checked. */
export interface Block {
  /** The guide's file, as it is named in problems. */
  readonly file: string;
  /** Line of the block's first line of code. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

/** Something wrong, with the line in the guide. */
export interface CodeProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Checks all blocks of its languages at once. */
export interface Checker {
  /** Languages as they stand after the fence's backticks. */
  readonly languages: readonly string[];
  /** What it checks with, for readers: `PostgreSQL's parser`. */
  readonly by: string;
  readonly check: (blocks: readonly Block[]) => Promise<readonly CodeProblem[]>;
}

/** A problem at a line of a block, counted from 1. */
export const problemAt = (block: Block, line: number, message: string): CodeProblem => ({
  file: block.file,
  line: block.line + Math.max(0, line - 1),
  message: message.trim(),
});

/** A checker that looks at one block after the other. */
export const eachBlock =
  (check: (block: Block) => Promise<readonly CodeProblem[]> | readonly CodeProblem[]): Checker['check'] =>
  async (blocks) => {
    const found: CodeProblem[] = [];
    for (const block of blocks) found.push(...(await check(block)));
    return found;
  };
