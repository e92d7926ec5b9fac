/** What the runner and the process of a lab say to each other. */
import type { EngineName } from './engines/index.ts';
import type { Recording } from './result.ts';

/** What a lab says of itself before it runs. */
export interface Needs {
  readonly engines: readonly EngineName[];
  readonly alone: boolean;
  /** Seconds. */
  readonly timeout: number;
}

/** From a lab's process to the runner. */
export type FromLab =
  | { readonly type: 'ready'; readonly needs: Needs }
  | { readonly type: 'wants-postgres' }
  | { readonly type: 'finished'; readonly recording: Recording; readonly ms: number }
  | { readonly type: 'missing'; readonly reason: string }
  | { readonly type: 'failed'; readonly error: string };

/** From the runner to a lab's process. */
export type ToLab =
  | { readonly type: 'go' }
  | { readonly type: 'postgres'; readonly port: number; readonly socketFolder: string }
  | { readonly type: 'no-postgres'; readonly reason: string; readonly missing: boolean }
  | { readonly type: 'stop' };
