/** What the runner and the process of a lab say to each other. */
import type { Recording } from './result.ts';

/** From a lab's process to the runner. */
export type FromLab =
  | { readonly type: 'wants-postgres' }
  | { readonly type: 'finished'; readonly recording: Recording; readonly ms: number }
  | { readonly type: 'missing'; readonly reason: string }
  | { readonly type: 'failed'; readonly error: string };

/** From the runner to a lab's process. */
export type ToLab =
  | { readonly type: 'postgres'; readonly port: number; readonly socketFolder: string }
  | { readonly type: 'no-postgres'; readonly reason: string; readonly missing: boolean }
  | { readonly type: 'stop' };
