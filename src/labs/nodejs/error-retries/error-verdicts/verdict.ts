/** What to do after an error: `again` (it was not done), `with a key` (it may have been done), `stop`. */
export type Verdict = 'again' | 'with a key' | 'stop';

/** Digs out what names an error: an HTTP status, a SQLSTATE, a system code or a class; `fetch` hides its own in `cause`. */
export function codeOf(error: unknown): string {
  if (error instanceof Response) return String(error.status);
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause instanceof Error ? codeOf(error.cause) : error.name;
}

// #region verdict
const notDone = new Set([
  ...['ECONNREFUSED', 'EMFILE', 'ENFILE', 'EBUSY'], // the work was never handed over
  ...['40001', '40P01', '55P03'], // PostgreSQL rolled back
  ...['53300', '57P03', '25006'], // PostgreSQL let nobody in, or nobody write: on a new connection
  ...['425', '429'], // refused before the work: obey Retry-After
]);
const wrong =
  /^(22|23|25|42)...$|^57014$|^4(?!0[89])\d\d$|^501$|^(ENOENT|EEXIST|EACCES|EXDEV|EISDIR|ENOSPC|EROFS)$/;

/** What is on neither list may have happened: resets, timeouts, 408, 409, other 5xx (503 too), 57P01, no code at all. */
export function verdict(error: unknown): Verdict {
  const code = codeOf(error);
  if (notDone.has(code)) return 'again';
  return wrong.test(code) ? 'stop' : 'with a key';
}
// #endregion verdict
