/** JSON by its parser. */
import { eachBlock, problemAt, type Checker } from './block.ts';

/** JSON. */
export const jsonChecker: Checker = {
  languages: ['json'],
  by: 'JSON.parse',
  check: eachBlock((block) => {
    try {
      JSON.parse(block.code);
      return [];
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const position = Number(/position (\d+)/.exec(message)?.[1] ?? 0);
      return [problemAt(block, block.code.slice(0, position).split('\n').length, message)];
    }
  }),
};
