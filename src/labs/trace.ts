/** A recorded trace as it is drawn: lanes, phases and queues worked out. Pure. */
import type { Step } from './definition.ts';
import type { Trace } from './result.ts';

/** A step with all that its drawing needs. */
export interface StepView extends Omit<Step, 'queues' | 'phase'> {
  /** The lane of its actor, from 1. */
  readonly lane: number;
  /** The phase, when it differs from the step before. */
  readonly newPhase?: string;
  /** A word before the result when it is no plain success. */
  readonly mark?: string;
  readonly queues: readonly { readonly queue: string; readonly items: readonly string[] }[];
}

/** The actors in the order in which they first act. */
export const lanes = ({ steps }: Trace): readonly string[] => [...new Set(steps.map(({ who }) => who))];

/** Results often say it themselves (`waits for T1`, `ERROR 40001`): then no word is put before them. */
function mark({ outcome, result = '' }: Step): { mark?: string } {
  if (outcome === 'waits') return /^waits/i.test(result) ? {} : { mark: 'Waits' };
  if (outcome === 'fails') return /^(error|fails)/i.test(result) ? {} : { mark: 'Fails' };
  return {};
}

/** The steps as drawn. A step that states any queue shows all queues of the trace, in the same order, so that they can be compared. */
export function view(trace: Trace): readonly StepView[] {
  const actors = lanes(trace);
  const names = [...new Set(trace.steps.flatMap(({ queues }) => Object.keys(queues ?? {})))];
  return trace.steps.map(({ queues, phase, ...step }, index) => ({
    ...step,
    lane: actors.indexOf(step.who) + 1,
    ...(phase !== undefined && phase !== trace.steps[index - 1]?.phase ? { newPhase: phase } : {}),
    ...mark(step),
    queues: queues ? names.map((queue) => ({ queue, items: queues[queue] ?? [] })) : [],
  }));
}
