/** SQL by PostgreSQL's own parser, and the bodies of PL/pgSQL functions by its own as well. */
import { parse, parsePlPgSQL, SqlError } from 'libpg-query';
import { eachBlock, problemAt, type Checker } from './block.ts';

const lineAt = (text: string, position: number): number =>
  text.slice(0, Math.max(0, position)).split('\n').length;

/** SQL for PostgreSQL. */
export const sqlChecker: Checker = {
  languages: ['sql', 'plpgsql'],
  by: 'PostgreSQL’s parser',
  check: eachBlock(async (block) => {
    try {
      await parse(block.code);
      if (/\blanguage\s+'?plpgsql\b/i.test(block.code)) await parsePlPgSQL(block.code);
      return [];
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const position = error instanceof SqlError ? (error.sqlDetails?.cursorPosition ?? 0) : 0;
      const hint = /^\s*\\/m.test(block.code)
        ? ' Commands of psql are no SQL: show them as ```text output.'
        : '';
      return [problemAt(block, lineAt(block.code, position), error.message + hint)];
    }
  }),
};
